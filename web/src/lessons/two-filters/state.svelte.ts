/** Two kernels and the one that they merge to; or two layers of the open network. */

import type { Arrays } from '../../protocol/connection'
import type { Tensor } from '../../protocol/frame'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { layerLabel, opened } from '../parts/opened'

export const KERNELS = {
  box: [1, 1, 1, 1, 1, 1, 1, 1, 1],
  sobel: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  laplacian: [0, 1, 0, 1, -4, 1, 0, 1, 0],
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  identity: [0, 0, 0, 0, 1, 0, 0, 0, 0],
} as const
export type KernelName = keyof typeof KERNELS

export class TwoFilters {
  first: readonly number[] = $state.raw(KERNELS.box)
  second: readonly number[] = $state.raw(KERNELS.box)
  relu = $state(false)
  /** Whether a weight of the first kernel was changed by typing, in this step. */
  typed = $state(false)
  own = $state(false)
  pair = $state(0)

  readonly found: Latest<'merge'>
  private network: string | null = null
  /** The kernels that the next request carries. */
  private arrays: Arrays = new Map()
  /** What the next request, and what the answer in hand is about; kernels are in neither. */
  private asked = ''
  private answers = ''

  constructor(readonly session: Session) {
    const server = session.server
    this.found = new Latest({
      ask: async (type, request, options) => {
        const about = this.asked
        try {
          return await server.ask(type, request, { ...options, arrays: this.arrays })
        } finally {
          this.answers = about
        }
      },
    }, 'merge')
  }

  private get key(): string {
    return JSON.stringify(this.own ? [opened(this.session), this.pair] : [this.first, this.second])
  }

  /** Whether the answer in hand, or what was said instead of one, is about what is set. */
  get current(): boolean {
    return !this.missing && (this.found.reply !== null || this.found.failure !== null) && this.answers === this.key
  }

  set(first: KernelName, second: KernelName, own = false): void {
    this.first = KERNELS[first]
    this.second = KERNELS[second]
    this.relu = this.typed = false
    this.own = own
    this.pair = 0
  }

  type(which: 'first' | 'second', i: number, value: number): void {
    this.typed ||= which === 'first' && this.first[i] !== value
    this[which] = this[which].map((weight, k) => (k === i ? value : weight))
  }

  label(layer: string): string {
    return layerLabel(this.session, layer)
  }

  /** Whether it is to be about what is open, and nothing is. */
  get missing(): boolean {
    return this.own && opened(this.session) === null
  }

  ask(): void {
    if (this.missing) return
    const place = opened(this.session)
    // Another network has other layers.
    if (place !== null && place.network !== this.network) this.pair = 0
    this.network = place?.network ?? null
    this.asked = this.key
    if (this.own && place !== null) {
      this.arrays = new Map()
      this.found.ask({ ...place, pair: this.pair })
      return
    }
    this.arrays = new Map([['first', tensor(this.first)], ['second', tensor(this.second)]])
    this.found.ask({})
  }
}

function tensor(weights: readonly number[]): Tensor {
  return { dtype: 'float64', shape: [3, 3], data: Float64Array.from(weights) }
}
