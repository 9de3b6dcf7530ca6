/** A picture and its shifted self, convolved both ways. */

import type { Asked } from '../../protocol/connection'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'

export class Shifts {
  kernel = $state('sobel')
  down = $state(0)
  right = $state(0)
  stride = $state(1)
  padding = $state(0)
  pool = $state(0)
  /** Whether the picture is the one that is open in the studio. */
  own = $state(false)
  readonly found: Latest<'shift_measure'>

  constructor(private readonly session: Session) {
    this.found = new Latest(session.server, 'shift_measure')
  }

  set(values: Partial<Pick<Shifts, 'down' | 'right' | 'stride' | 'padding' | 'pool' | 'own'>>): void {
    Object.assign(this, { down: 0, right: 0, stride: 1, padding: 0, pool: 0, own: false, ...values })
  }

  readonly moved: number = $derived.by(() => Math.abs(this.down) + Math.abs(this.right))

  private get request(): Asked<'shift_measure'> {
    const { network, input } = this.session.place
    const source = this.own && network !== null && input !== null ? { network, input } : {}
    return { kernel: this.kernel, shift: [this.down, this.right], stride: this.stride, padding: this.padding, pool: this.pool, ...source }
  }

  ask(): void {
    this.found.ask(this.request)
  }

  /** The answer, if it is about what is set now. */
  get current(): Latest<'shift_measure'>['reply'] {
    return JSON.stringify(this.found.answered) === JSON.stringify(this.request) ? this.found.reply : null
  }
}
