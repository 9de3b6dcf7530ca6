/** A small map, dense or convolved, and what is pointed at. */

import type { Asker } from '../../protocol/connection'
import { Latest } from '../../state/latest.svelte'
import { numbersOf } from '../parts/numbers'

export type Mode = 'dense' | 'convolution'

export class Connectivity {
  mode: Mode = $state('dense')
  side = $state(4)
  /** The output that is pointed at. */
  output: number | null = $state(null)
  /** The weight whose places are shown. */
  weight: number | null = $state(null)
  /** Numbers of inputs of the outputs that were looked at, in this step. */
  seen: readonly number[] = $state.raw([])
  readonly found: Latest<'dense_twin'>

  constructor(server: Asker) {
    this.found = new Latest(server, 'dense_twin')
  }

  readonly inputs: number = $derived(this.side * this.side)
  /** (outputs, inputs): the place of each entry's weight in the kernel, -1 for none. */
  readonly shared: readonly number[] = $derived.by(() => numbersOf(this.found.reply?.arrays, 'shared'))
  readonly current: boolean = $derived.by(() => this.found.answered?.size[0] === this.side && this.shared.length === this.inputs * this.inputs)

  set(mode: Mode, side: number): void {
    this.mode = mode
    this.side = side
    this.output = this.weight = null
    this.seen = []
  }

  ask(): void {
    this.found.ask({ size: [this.side, this.side], kernel: [3, 3], padding: 1 })
  }

  /** The inputs that an output is joined to, each with its weight. */
  joined(output: number): { input: number; weight: number }[] {
    const row = this.shared.slice(output * this.inputs, (output + 1) * this.inputs)
    return row.flatMap((weight, input) => (this.mode === 'dense' || weight >= 0 ? [{ input, weight }] : []))
  }

  point(output: number | null): void {
    this.output = output
    if (output !== null && this.current) this.seen = [...this.seen, this.joined(output).length]
  }

  step(rows: number, columns: number): void {
    const at = this.output ?? 0
    const [row, column] = [Math.floor(at / this.side) + rows, (at % this.side) + columns]
    const inside = row >= 0 && row < this.side && column >= 0 && column < this.side
    this.point(this.output === null ? 0 : inside ? row * this.side + column : at)
  }
}
