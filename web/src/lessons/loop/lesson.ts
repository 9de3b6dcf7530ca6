import { defineLesson } from '../lesson'
import { Loop } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Loop>({
  begin: (session) => new Loop(session),
  widget: Widget,
  steps: [
    { enter: (own) => own.set(1), done: ({ index, written, current }) => current && written > 0 && index >= written },
    // From the middle of the first sum.
    { enter: (own) => (own.set(1), (own.index = 12)), done: ({ back }) => back >= 3 },
    { enter: (own) => own.set(2), done: ({ rank, index, last, current }) => current && rank === 2 && index === last },
    { enter: (own) => own.set(2), done: ({ looked, padding }) => looked.includes('pytorch') && looked.includes('keras') && padding === 1 },
  ],
})
