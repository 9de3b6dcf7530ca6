/** A dense layer and a convolution on a picture of any size. */

import { Latest } from '../../state/latest.svelte'
import type { Asker } from '../../protocol/connection'

export class Explosion {
  side = $state(224)
  channels = $state(3)
  units = $state(100)
  filters = $state(64)
  readonly found: Latest<'explosion'>

  constructor(server: Asker) {
    this.found = new Latest(server, 'explosion')
  }

  set(side: number, units: number): void {
    this.side = side
    this.units = units
  }

  ask(): void {
    this.found.ask({ input_shape: [this.side, this.side, this.channels], units: this.units, filters: this.filters })
  }
}
