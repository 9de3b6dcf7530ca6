/** A window on a few numbers, with every product beneath it: input, kernel and output of one convolution. */

import type { Arrays } from '../../protocol/connection'
import type { Tensor } from '../../protocol/frame'
import { OWN, tensorOf, type Setup } from '../../state/bench/setup'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { flatIndex, placeOf } from '../../layout/indices'
import { numbersOf, shapeOf } from './numbers'

export type Numbers = { readonly shape: readonly number[]; readonly values: readonly number[] }
export type Options = { readonly stride?: number; readonly padding?: number; readonly dilation?: number; readonly definition?: 'correlate' | 'convolve'; readonly relu?: boolean }

export const row = (...values: number[]): Numbers => ({ shape: [values.length], values })
export const grid = (...rows: readonly number[][]): Numbers => ({ shape: [rows.length, rows[0]?.length ?? 0], values: rows.flat() })

export class Slide {
  /** One channel, or channels first. */
  input: Numbers = $state.raw(row(1))
  /** Filters, channels, taps. */
  weight: Numbers = $state.raw({ shape: [1, 1, 1], values: [1] })
  bias: readonly number[] = $state.raw([])
  stride = $state(1)
  padding = $state(0)
  dilation = $state(1)
  definition: 'correlate' | 'convolve' = $state('correlate')
  relu = $state(false)
  /** Which output the window stands on. */
  index = $state(0)
  /** Outputs that it has stood on. */
  visited: ReadonlySet<number> = $state.raw(new Set([0]))
  readonly found: Latest<'slide'>
  /** What the answer in hand is about; arrays alone do not tell. */
  private asked = ''
  private answers = ''

  constructor({ server }: Session) {
    this.found = new Latest({
      ask: async (type, request, options) => {
        const about = this.asked
        const reply = await server.ask(type, request, { ...options, arrays: this.arrays })
        this.answers = about
        return reply
      },
    }, 'slide')
  }

  get axes(): number {
    return this.weight.shape.length - 2
  }

  get taps(): readonly number[] {
    return this.weight.shape.slice(2)
  }

  get channels(): number {
    return this.input.shape.length > this.axes ? (this.input.shape[0] ?? 1) : 1
  }

  get spatial(): readonly number[] {
    return this.input.shape.slice(-this.axes)
  }

  private get arrays(): Arrays {
    const x: Tensor = { dtype: 'float64', shape: [this.channels, ...this.spatial], data: Float64Array.from(this.input.values) }
    const weight: Tensor = { dtype: 'float64', shape: this.weight.shape, data: Float64Array.from(this.weight.values) }
    const bias: Tensor = { dtype: 'float64', shape: [this.bias.length], data: Float64Array.from(this.bias) }
    return new Map([['x', x], ['weight', weight], ...(this.bias.length > 0 ? [['bias', bias] as const] : [])])
  }

  /** The same for the workbench, which has one bias for all filters; null where they differ. */
  get setup(): Setup | null {
    const bias = this.bias[0] ?? 0
    if (this.bias.some((other) => other !== bias)) return null
    const all = (size: number): number[] => this.taps.map(() => size)
    return {
      state: {
        rank: this.axes === 1 ? 1 : 2,
        source: OWN,
        names: Array.from({ length: this.weight.shape[0] ?? 1 }, () => ''),
        bias,
        stride: all(this.stride),
        padding: all(this.padding).map((cells): [number, number] => [cells, cells]),
        dilation: all(this.dilation),
        definition: this.definition,
        relu: this.relu,
      },
      weight: tensorOf(this.weight.shape, this.weight.values),
      input: tensorOf([this.channels, ...this.spatial], this.input.values),
    }
  }

  private get key(): string {
    return JSON.stringify([this.input, this.weight, this.bias, this.stride, this.padding, this.dilation, this.definition, this.relu])
  }

  /** Begins again with these numbers. A kernel of one filter and one channel may leave both out. */
  set(input: Numbers, weight: Numbers, { stride = 1, padding = 0, dilation = 1, definition = 'correlate', relu = false }: Options = {}, bias: readonly number[] = []): void {
    this.input = input
    this.weight = weight.shape.length > 2 ? weight : { shape: [1, 1, ...weight.shape], values: weight.values }
    this.bias = bias
    Object.assign(this, { stride, padding, dilation, definition, relu })
    this.restart()
  }

  change(options: Options): void {
    Object.assign(this, options)
    this.restart()
  }

  restart(): void {
    this.index = 0
    this.visited = new Set([0])
  }

  ask(): void {
    this.asked = this.key
    const { stride, padding, dilation, definition, relu } = this
    this.found.ask({ stride, padding, dilation, definition, relu })
  }

  /** Whether the answer in hand is about what is set. */
  get current(): boolean {
    return this.found.reply !== null && this.answers === this.key
  }

  readonly outputShape: readonly number[] = $derived.by(() => shapeOf(this.found.reply?.arrays, 'y').slice(1))
  readonly positions: number = $derived.by(() => this.outputShape.reduce((product, size) => product * size, 1))
  readonly y: readonly number[] = $derived.by(() => numbersOf(this.found.reply?.arrays, 'y'))
  readonly laid: readonly number[] = $derived.by(() => numbersOf(this.found.reply?.arrays, 'weight'))
  private readonly allWindows: readonly number[] = $derived.by(() => numbersOf(this.found.reply?.arrays, 'windows'))
  private readonly allProducts: readonly number[] = $derived.by(() => numbersOf(this.found.reply?.arrays, 'products'))
  readonly at: readonly number[] = $derived.by(() => placeOf(Math.min(this.index, Math.max(this.positions - 1, 0)), this.outputShape))

  private get size(): number {
    return this.channels * this.taps.reduce((product, tap) => product * tap, 1)
  }

  /** The numbers under the window, channels first. */
  get window(): readonly number[] {
    return this.allWindows.slice(this.index * this.size, (this.index + 1) * this.size)
  }

  /** Each multiplied with its weight. */
  products(filter = 0): readonly number[] {
    const from = (filter * this.positions + this.index) * this.size
    return this.allProducts.slice(from, from + this.size)
  }

  go(index: number): void {
    // Until the answer is there it is not known where the window can stand.
    if (!this.current || index < 0 || index >= this.positions) return
    this.index = index
    if (!this.visited.has(index)) this.visited = new Set([...this.visited, index])
  }

  /** One step along an axis. */
  step(axis: number, by: number): void {
    const to = this.at.map((p, i) => p + (i === axis ? by : 0))
    if (to.every((p, i) => p >= 0 && p < (this.outputShape[i] ?? 0))) this.go(flatIndex(to, this.outputShape))
  }

  /** The next position in reading order. */
  advance(by: number): void {
    this.go(this.index + by)
  }

  /** The position whose window has its middle nearest a cell of the padded input. */
  nearest(cell: number): number {
    const padded = this.spatial.map((size) => size + 2 * this.padding)
    const to = placeOf(cell, padded).map((p, axis) => {
      const middle = ((this.taps[axis] ?? 1) - 1) * this.dilation / 2
      return Math.min(Math.max(Math.round((p - middle) / this.stride), 0), (this.outputShape[axis] ?? 1) - 1)
    })
    return flatIndex(to, this.outputShape)
  }
}
