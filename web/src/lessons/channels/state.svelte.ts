/** Filters as deep as their input. */

import { Slide } from '../parts/slide.svelte'

const SIDE = 5
/** Small whole numbers that follow a rule, so that they are always the same. */
const PICTURE = Array.from({ length: 3 * SIDE * SIDE }, (_, i) => ((i * 37 + 11) % 29) % 5)
const WEIGHTS = (filters: number): number[] => Array.from({ length: filters * 27 }, (_, i) => (((i * 23 + 5) % 17) % 3) - 1)
const BIASES = (filters: number): number[] => Array.from({ length: filters }, (_, i) => (i % 4) - 3)

export class Channels extends Slide {
  filters = $state(1)
  filter = $state(0)

  begin(filters: number, relu = false): void {
    this.make(filters)
    this.change({ relu })
  }

  make(filters: number): void {
    this.filters = filters
    this.filter = Math.min(this.filter, filters - 1)
    this.set({ shape: [3, SIDE, SIDE], values: PICTURE }, { shape: [filters, 3, 3, 3], values: WEIGHTS(filters) }, { relu: this.relu }, BIASES(filters))
  }
}
