import { defineLesson } from '../lesson'
import { KERNELS, TwoFilters } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<TwoFilters>({
  begin: (session) => new TwoFilters(session),
  widget: Widget,
  steps: [
    { enter: (own) => own.set('box', 'box'), done: ({ second, found }) => second === KERNELS.sobel && found.reply !== null },
    { enter: (own) => own.set('box', 'sobel'), done: ({ typed }) => typed },
    { enter: (own) => own.set('sobel', 'box'), done: ({ relu, found }) => relu && (found.reply?.message.relu_changed ?? 0) > 0 },
    // A network without such layers is told so, and that is an answer too.
    { enter: (own) => own.set('sobel', 'box'), done: ({ own, found }) => own && ((found.reply?.message.pairs.length ?? 0) > 0 || found.failure !== null) },
  ],
})
