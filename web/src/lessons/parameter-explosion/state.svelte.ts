/** A dense layer and a convolution on a picture of any size; and on what the open network's layers read. */

import { Latest } from '../../state/latest.svelte'
import { opened } from '../parts/opened'
import type { Session } from '../../state/session.svelte'

export class Explosion {
  stage: 'picture' | 'network' = $state('picture')
  /** Whether the open network is looked at. */
  looking = $state(false)
  side = $state(224)
  channels = $state(3)
  units = $state(100)
  filters = $state(64)
  readonly found: Latest<'explosion'>
  readonly layers: Latest<'dense_layers'>

  constructor(readonly session: Session) {
    this.found = new Latest(session.server, 'explosion')
    this.layers = new Latest(session.server, 'dense_layers')
  }

  /** What is open, as far as there is anything. */
  get opened(): ReturnType<typeof opened> {
    return opened(this.session)
  }

  begin(): void {
    this.stage = 'network'
    this.looking = false
    this.layers.forget()
  }

  look(): void {
    if (this.looking && this.opened !== null && this.session.run.ready) this.layers.ask({ ...this.opened })
  }

  set(side: number, units: number): void {
    this.stage = 'picture'
    this.side = side
    this.units = units
  }

  ask(): void {
    this.found.ask({ input_shape: [this.side, this.side, this.channels], units: this.units, filters: this.filters })
  }
}
