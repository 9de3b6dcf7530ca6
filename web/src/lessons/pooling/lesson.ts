import { defineLesson } from '../lesson'
import { Pooled } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Pooled>({
  begin: (session) => new Pooled(session),
  widget: Widget,
  turn: (own) => (own.stage === 'network' ? () => (own.looking = true) : null),
  steps: [
    { enter: (own) => own.begin('pool'), done: ({ kind, pool }) => kind === 'average' && pool.answered?.kind === 'average' && pool.reply !== null },
    { enter: (own) => own.begin('pool'), done: ({ pointed }) => pointed !== null },
    { enter: (own) => own.begin('stack'), done: ({ field, layers }) => field >= 18 && layers.some(({ kind }) => kind === 'pooling') },
    { enter: (own) => own.begin('network'), done: ({ levels }) => levels.reply !== null || levels.failure !== null },
  ],
})
