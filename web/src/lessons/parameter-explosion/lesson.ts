import { defineLesson } from '../lesson'
import { Explosion } from './state.svelte'
import Widget from './Widget.svelte'

export default defineLesson<Explosion>({
  begin: (session) => new Explosion(session),
  widget: Widget,
  steps: [
    { enter: (state) => state.set(224, 100), done: ({ side, units, channels }) => side === 224 && channels === 3 && units === 1000 },
    { enter: (state) => state.set(224, 1000), done: ({ side, units, channels }) => side === 32 && channels === 3 && units === 512 },
    {
      enter: (state) => state.set(32, 512),
      done: ({ found, side, units }) => {
        const { reply, answered } = found
        const now = answered?.input_shape[0] === side && answered.units === units
        return reply !== null && now && reply.message.parameters.value > reply.message.resnet
      },
    },
    // A network without convolutions is told so, and that is an answer too.
    { enter: (state) => state.begin(), done: ({ layers }) => layers.reply !== null || layers.failure !== null },
  ],
})
