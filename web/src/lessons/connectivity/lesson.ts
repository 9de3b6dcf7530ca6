import { defineLesson } from '../lesson'
import { Connectivity } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Connectivity>({
  begin: (session) => new Connectivity(session.server),
  widget: Widget,
  steps: [
    { enter: (state) => state.set('dense', 4), done: ({ seen, mode }) => mode === 'dense' && seen.includes(16) },
    { enter: (state) => state.set('convolution', 4), done: ({ seen }) => seen.includes(4) && seen.includes(9) },
    { enter: (state) => state.set('convolution', 4), done: ({ weight }) => weight !== null },
    { enter: (state) => state.set('convolution', 4), done: ({ side }) => side === 8 },
  ],
})
