import { defineLesson } from '../lesson'
import { Channels } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Channels>({
  begin: (session) => new Channels(session),
  widget: Widget,
  turn: ({ stage }) => (stage === 'network' ? () => {} : null),
  workbench: ({ stage, setup }) => (stage === 'numbers' ? setup : null),
  steps: [
    { enter: (own) => own.begin(1), done: ({ visited }) => visited.size > 1 },
    { enter: (own) => own.begin(1), done: ({ filters, current }) => filters === 4 && current },
    { enter: (own) => own.begin(4), done: ({ filters, current }) => filters === 32 && current },
    { enter: (own) => own.begin(4), done: ({ relu, current, y }) => relu && current && y.includes(0) },
    // A network without convolutions is told so, and that is an answer too.
    { enter: (own) => own.look(), done: ({ chose, summed, sums }) => (chose && summed !== null) || sums.failure !== null },
  ],
})
