/** Filters as deep as their input. */

import type { Asked } from '../../protocol/connection'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { numbersOf } from '../parts/numbers'
import { layerLabel, opened } from '../parts/opened'
import { Slide } from '../parts/slide.svelte'

const SIDE = 5
/** Small whole numbers that follow a rule, so that they are always the same. */
const PICTURE = Array.from({ length: 3 * SIDE * SIDE }, (_, i) => ((i * 37 + 11) % 29) % 5)
const WEIGHTS = (filters: number): number[] => Array.from({ length: filters * 27 }, (_, i) => (((i * 23 + 5) % 17) % 3) - 1)
const BIASES = (filters: number): number[] => Array.from({ length: filters }, (_, i) => (i % 4) - 3)

export class Channels extends Slide {
  stage: 'numbers' | 'network' = $state('numbers')
  filters = $state(1)
  filter = $state(0)

  /** In the open network: a convolution, and one of its filters. */
  layer: string | null = $state(null)
  own = $state(0)
  /** Whether the reader has chosen one of them, in this step. */
  chose = $state(false)
  readonly sums: Latest<'filter_sums'>

  constructor(readonly session: Session) {
    super(session)
    this.sums = new Latest(session.server, 'filter_sums')
  }

  /** What is open, as far as there is anything. */
  get opened(): ReturnType<typeof opened> {
    return opened(this.session)
  }

  label(layer: string): string {
    return layerLabel(this.session, layer)
  }

  look(): void {
    this.stage = 'network'
    this.layer = null
    this.own = 0
    this.chose = false
  }

  choose(layer: string, filter: number): void {
    this.layer = layer
    this.own = filter
    this.chose = true
  }

  private get request(): Asked<'filter_sums'> | null {
    const place = this.opened
    // A layer of the network that was open before is none of this one.
    const layer = this.session.run.byName.has(this.layer ?? '') ? this.layer : null
    return place === null ? null : { ...place, layer, filter: layer === this.layer ? this.own : 0 }
  }

  askSums(): void {
    const { request } = this
    if (request !== null && this.session.run.ready) this.sums.ask(request)
  }

  /** The answer, if it is about what is set now. */
  get summed(): Latest<'filter_sums'>['reply'] {
    return JSON.stringify(this.sums.answered) === JSON.stringify(this.request) ? this.sums.reply : null
  }

  open(unit: string): void {
    const known = this.session.known(unit)
    if (known !== null) this.session.select(known)
  }

  /** What each channel gives to the number under the window. */
  channelSums(filter: number): readonly number[] {
    const all = numbersOf(this.found.reply?.arrays, 'sums')
    return Array.from({ length: this.channels }, (_, c) => all[(filter * this.channels + c) * this.positions + this.index] ?? NaN)
  }

  /** The number under the window before the activation. */
  total(filter: number): number {
    return numbersOf(this.found.reply?.arrays, 'totals')[filter * this.positions + this.index] ?? NaN
  }

  begin(filters: number, relu = false): void {
    this.stage = 'numbers'
    this.make(filters)
    this.change({ relu })
  }

  make(filters: number): void {
    this.filters = filters
    this.filter = Math.min(this.filter, filters - 1)
    this.set({ shape: [3, SIDE, SIDE], values: PICTURE }, { shape: [filters, 3, 3, 3], values: WEIGHTS(filters) }, { relu: this.relu }, BIASES(filters))
  }
}
