/** Two kernels and the one that they merge to; or two layers of the open network. */

import type { Arrays } from '../../protocol/connection'
import type { Tensor } from '../../protocol/frame'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'

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
  /** Whether a weight was typed in this step. */
  typed = $state(false)
  own = $state(false)
  pair = $state(0)

  readonly found: Latest<'merge'>
  /** The kernels that the next request carries. */
  private arrays: Arrays = new Map()

  constructor(private readonly session: Session) {
    const server = session.server
    this.found = new Latest({ ask: (type, request, options) => server.ask(type, request, { ...options, arrays: this.arrays }) }, 'merge')
  }

  set(first: KernelName, second: KernelName, own = false): void {
    this.first = KERNELS[first]
    this.second = KERNELS[second]
    this.relu = this.typed = false
    this.own = own
    this.pair = 0
  }

  type(which: 'first' | 'second', i: number, value: number): void {
    this[which] = this[which].map((weight, k) => (k === i ? value : weight))
    this.typed = true
  }

  ask(): void {
    const { network, input } = this.session.place
    if (this.own && network !== null && input !== null) {
      this.arrays = new Map()
      this.found.ask({ network, input, pair: this.pair })
      return
    }
    this.arrays = new Map([['first', tensor(this.first)], ['second', tensor(this.second)]])
    this.found.ask({})
  }
}

function tensor(weights: readonly number[]): Tensor {
  return { dtype: 'float64', shape: [3, 3], data: Float64Array.from(weights) }
}
