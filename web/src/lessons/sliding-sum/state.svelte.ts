/** The sliding sum: what slides over what. */

import { grid, row, Slide, type Numbers } from '../parts/slide.svelte'

export const KERNELS: Readonly<Record<string, Numbers>> = { derivative: row(1, 0, -1), smoothing: row(0.33, 0.34, 0.33), spike: row(-1, 2, -1) }
const COUNT = row(1, 2, 3, 4, 5)
const SENSOR = row(0, 0.82, 0.91, 0.66, 0.4, 0.35, 0.1, 0)
const IMAGE = grid([9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8])

export class SlidingSum extends Slide {
  kernel = $state('derivative')

  count(): void {
    this.kernel = 'derivative'
    this.set(COUNT, row(1, 0, -1))
  }

  /** The same, every place seen already. */
  counted(): void {
    this.count()
    this.visited = new Set([0, 1, 2])
  }

  /** The kernel turned round, or not. The window has the same places, so what was seen stays seen. */
  define(definition: 'correlate' | 'convolve'): void {
    this.definition = definition
  }

  image(): void {
    this.kernel = ''
    this.set(IMAGE, grid([1, 2, 3], [4, 5, 6], [7, 8, 9]))
  }

  sensor(): void {
    this.kernel = 'derivative'
    this.set(SENSOR, row(1, 0, -1), { padding: 1 })
  }

  choose(kernel: string): void {
    const weights = KERNELS[kernel]
    if (weights === undefined) return
    this.kernel = kernel
    this.weight = { shape: [1, 1, ...weights.shape], values: weights.values }
    this.restart()
  }

  type(i: number, value: number): void {
    this.kernel = ''
    this.weight = { ...this.weight, values: this.weight.values.map((weight, k) => (k === i ? value : weight)) }
  }
}
