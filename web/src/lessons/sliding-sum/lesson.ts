import { defineLesson } from '../lesson'
import { SlidingSum } from './state.svelte'
import Widget from './Widget.svelte'

const everywhere = ({ positions, visited, current }: SlidingSum): boolean => current && positions > 1 && visited.size === positions

export default defineLesson<SlidingSum>({
  begin: (session) => new SlidingSum(session),
  widget: Widget,
  workbench: ({ setup }) => setup,
  steps: [
    { enter: (own) => own.count(), done: ({ visited }) => visited.size > 1 },
    { enter: (own) => own.count(), done: everywhere },
    { enter: (own) => own.counted(), done: ({ definition, current }) => definition === 'convolve' && current },
    { enter: (own) => own.image(), done: (own) => own.axes === 2 && everywhere(own) },
    { enter: (own) => own.sensor(), done: ({ kernel, index, current }) => kernel === 'smoothing' && index > 0 && current },
  ],
})
