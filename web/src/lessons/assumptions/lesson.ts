import { defineLesson } from '../lesson'
import { Shifts } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Shifts>({
  begin: (session) => new Shifts(session),
  widget: Widget,
  turn: (own) => () => (own.own = true),
  steps: [
    { enter: (own) => own.change(), done: ({ stage, kernel, own, missing, pixel }) => stage === 'pixel' && pixel.moved && !missing && pixel.current(kernel, own) !== null },
    { enter: (own) => own.set({}), done: ({ right, stride, current }) => right === 5 && stride === 1 && current?.message.interior_error === 0 },
    { enter: (own) => own.set({ right: 5 }), done: ({ padding, moved, current }) => padding > 0 && moved > 0 && (current?.message.border_differs ?? 0) > 0 },
    { enter: (own) => own.set({ right: 5 }), done: ({ stride, moved, current }) => stride === 2 && moved > 0 && current?.message.aligned === true },
    { enter: (own) => own.set({ inPlace: true }), done: ({ pool, moved, current }) => pool === 8 && moved === 1 && current !== null },
    { enter: (own) => own.set({}), done: ({ own, moved, current }) => own && moved > 0 && current !== null },
  ],
})
