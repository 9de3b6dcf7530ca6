/** The map under the pointer (or the focus), and what it is made of. */

import { errorText, type Asker } from '../../protocol/connection'
import type { Contributor } from '../../protocol/messages'
import type { RunKey } from '../../state/maps.svelte'

export type MapUnit = { readonly layer: string; readonly channel: number }

// Long enough that a pointer on its way asks for nothing.
const PAUSE = 60
const MOST = 8

class Pointed {
  unit: MapUnit | null = $state.raw(null)
  contributors: readonly Contributor[] = $state.raw([])
  private timer: ReturnType<typeof setTimeout> | undefined

  at(server: Asker, run: RunKey, unit: MapUnit): void {
    if (unit.layer === this.unit?.layer && unit.channel === this.unit.channel) return
    this.leave()
    this.unit = unit
    this.timer = setTimeout(() => void this.load(server, run, unit), PAUSE)
  }

  leave(): void {
    clearTimeout(this.timer)
    this.unit = null
    this.contributors = []
  }

  private async load(server: Asker, { network, input }: RunKey, unit: MapUnit): Promise<void> {
    try {
      const { message } = await server.ask('contributors', { network, input, ...unit, count: MOST, lane: 'pointed' })
      if (this.unit === unit) this.contributors = message.contributors
    } catch (error) {
      // The edges are an extra: the map itself stays, and opening it says what is wrong.
      if (errorText(error) !== null && this.unit === unit) this.contributors = []
    }
  }
}

export const pointed = new Pointed()
