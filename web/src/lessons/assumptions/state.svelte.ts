/** A picture and its shifted self, convolved both ways. */

import type { Asked } from '../../protocol/connection'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { opened } from '../parts/opened'
import { Pixel } from './pixel.svelte'

export class Shifts {
  stage: 'pixel' | 'shift' = $state('shift')
  kernel = $state('sobel')
  down = $state(0)
  right = $state(0)
  stride = $state(1)
  padding = $state(0)
  pool = $state(0)
  /** Whether the step is about what stays, place by place. */
  inPlace = $state(false)
  /** Whether the picture is the one that is open in the studio. */
  own = $state(false)
  readonly found: Latest<'shift_measure'>
  readonly pixel: Pixel

  constructor(readonly session: Session) {
    this.found = new Latest(session.server, 'shift_measure')
    this.pixel = new Pixel(session)
  }

  /** One pixel is changed, and nothing shifted. */
  change(): void {
    this.set({})
    this.stage = 'pixel'
    this.pixel.begin()
  }

  /** Whether it is to be about what is open, and nothing is. */
  get missing(): boolean {
    return this.own && opened(this.session) === null
  }

  set(values: Partial<Pick<Shifts, 'down' | 'right' | 'stride' | 'padding' | 'pool' | 'inPlace' | 'own'>>): void {
    Object.assign(this, { stage: 'shift', down: 0, right: 0, stride: 1, padding: 0, pool: 0, inPlace: false, own: false, ...values })
  }

  readonly moved: number = $derived.by(() => Math.abs(this.down) + Math.abs(this.right))

  private get request(): Asked<'shift_measure'> {
    return { kernel: this.kernel, shift: [this.down, this.right], stride: this.stride, padding: this.padding, pool: this.pool, ...(this.own ? opened(this.session) : null) }
  }

  ask(): void {
    if (!this.missing) this.found.ask(this.request)
  }

  /** The answer, if it is about what is set now. */
  get current(): Latest<'shift_measure'>['reply'] {
    return !this.missing && JSON.stringify(this.found.answered) === JSON.stringify(this.request) ? this.found.reply : null
  }
}
