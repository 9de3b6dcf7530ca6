import { defineLesson } from '../lesson'
import { Hierarchy } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Hierarchy>({
  begin: (session) => new Hierarchy(session),
  widget: Widget,
  // It is about nothing else.
  turn: () => () => {},
  steps: [
    { enter: (own) => own.begin(), done: ({ seen }) => [...seen].some((level) => level > 0) },
    { enter: (own) => own.begin(), done: ({ seen, levels }) => levels.length > 0 && seen.has(levels.length - 1) },
    { enter: (own) => own.begin(), done: ({ channel }) => channel !== null },
  ],
})
