import { defineLesson } from '../lesson'
import { Sizes } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Sizes>({
  begin: (session) => new Sizes(session),
  widget: Widget,
  workbench: ({ setup }) => setup,
  steps: [
    { enter: (own) => own.begin(10, 3), done: ({ length, kernel, padding, stride, dilation, positions, current }) => current && length === 10 && kernel === 4 && padding === 0 && stride === 1 && dilation === 1 && positions === 7 },
    { enter: (own) => own.begin(8, 3), done: ({ length, kernel, padding, positions, current }) => current && length === 8 && kernel === 3 && padding === 1 && positions === 8 },
    { enter: (own) => own.begin(8, 3, { padding: 1 }), done: ({ stride, current }) => current && stride === 2 },
    { enter: (own) => own.begin(10, 3), done: ({ dilation, current }) => current && dilation === 2 },
    { enter: (own) => own.begin(16, 3), done: ({ length, positions, current }) => current && length === 16 && positions === 4 },
  ],
})
