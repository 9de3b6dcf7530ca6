import { defineLesson } from '../lesson'
import { KERNELS, TwoFilters } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<TwoFilters>({
  begin: (session) => new TwoFilters(session),
  widget: Widget,
  turn: (own) => () => (own.own = true),
  steps: [
    { enter: (own) => own.set('box', 'box'), done: ({ second, own, current }) => !own && second === KERNELS.sobel && current },
    { enter: (own) => own.set('box', 'sobel'), done: ({ typed, own, current }) => !own && typed && current },
    { enter: (own) => own.set('sobel', 'box'), done: ({ relu, current, found }) => relu && current && (found.reply?.message.relu_changed ?? 0) > 0 },
    // A network without such layers is told so, and that is an answer too.
    { enter: (own) => own.set('sobel', 'box'), done: ({ own, current, found }) => own && current && ((found.reply?.message.pairs.length ?? 0) > 0 || found.failure !== null) },
  ],
})
