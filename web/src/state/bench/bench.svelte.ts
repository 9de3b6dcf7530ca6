/** One workbench: its state, what the server makes of it, and where the window is. Needs nothing but somebody to ask. */

import { untrack } from 'svelte'
import { extentOf, type Extent } from '../../draw/scale'
import { flatIndex, placeOf } from '../../layout/indices'
import { drawnCells } from '../../layout/sliding'
import { ConnectionLost, errorText, type Asker, type Reply } from '../../protocol/connection'
import type { Tensor } from '../../protocol/frame'
import type { BenchAnswer, BenchState, Size } from '../../protocol/messages'
import { toNumber } from '../../protocol/messages'
import { explainedOf, type Explained } from '../explained'
import { Latest } from '../latest.svelte'
import { isPooling } from './moves'
import { arraysOf, FIRST, tensorOf, UNTRAINED, type Setup, type Spot } from './setup'

/** An answered state; every size is filled in. */
export type Made = {
  readonly setup: Setup
  readonly state: Required<BenchState>
  readonly message: BenchAnswer
  readonly input: Tensor
  readonly output: Tensor
  readonly weight: Tensor | null
  readonly tiles: Tensor | null
  /** The first numbers of all maps in a line, where they are laid out so. */
  readonly flat: Tensor | null
  /** Least and greatest of each map, and of all of them. */
  readonly extents: readonly Extent[]
  readonly extent: Extent
  readonly shown: number
}

// Milliseconds.
const PATIENCE = 300

/** `leap`: another state altogether. */
type Wish = { readonly setup: Setup; readonly field: string; readonly leap: boolean }

/** What a further change starts from: a kernel of the bank that was cut has weights of its own from then on. */
function standing({ setup, state, weight }: Made): Setup {
  const cut = (state.names ?? []).some((name, i) => name === '' && (setup.state.names ?? [])[i] !== '')
  return { ...setup, state, weight: cut ? weight : setup.weight }
}

export class Bench {
  /** What was answered last. */
  made: Made | null = $state.raw(null)
  /** What the controls stand at: it runs ahead of the answer, and comes back where that refuses it. */
  wanted: Setup = $state.raw(FIRST)
  /** What was refused, and at which control. */
  failure: { readonly field: string; readonly text: string } | null = $state.raw(null)
  /** The map in sight; -1 for all of them combined. */
  filter = $state(0)
  /** Channel of the input, and of the filter, in sight. */
  channel = $state(0)
  /** Whether the state is no longer that which was shown as a whole. */
  touched = $state(false)
  /** Where the window is. */
  at: readonly number[] = $state.raw([])
  /** Slice of a kernel with three axes. */
  slice = $state(1)
  /** Whether the output is shown only as far as the window has come. */
  growing = $state(false)
  /** The weight that the pointer is on: its index in the kernel. */
  pointed: number | null = $state(null)
  private readonly units: Latest<'bench_unit'>
  /** How often another state altogether has come, and whether one is awaited. */
  leaps = $state(0)
  leaping = $state(false)
  /** Whether an answer is waited for so long that it should be said. */
  busy = $state(false)
  private flying = false
  private patience: ReturnType<typeof setTimeout> | undefined
  private next: Wish | null = null
  /** What was asked when the server was gone. */
  private lost: Wish | null = null
  private inputs: { readonly key: string; readonly tensor: Tensor } | null = null
  private size: Size | null = null

  constructor(private readonly server: Asker, setup: Setup = FIRST, spot: Spot = { filter: 0, at: [] }) {
    this.wanted = setup
    this.filter = spot.filter
    this.at = spot.at
    this.units = new Latest(server, 'bench_unit')
    this.ask({ setup, field: '', leap: false })
  }

  /** The explanation of the number under the window. */
  readonly unit: Explained | null = $derived.by(() => {
    const { reply } = this.units
    return reply === null ? null : explainedOf({ message: reply.message.unit, arrays: reply.arrays })
  })

  /** Whether the explanation belongs to where the window is now. */
  readonly current: boolean = $derived(this.unit !== null && this.unit.unit.at?.join() === this.at.join() && this.unit.unit.channel === Math.max(this.filter, 0))

  /** How many positions there are. */
  readonly count: number = $derived(this.made?.message.geometry.counts.reduce((product, count) => product * count, 1) ?? 0)

  /** Which of them the window is at. */
  readonly step: number = $derived(this.made === null ? 0 : flatIndex(this.at, this.made.message.geometry.counts))

  /** Changes the state; a change that is refused leaves it as it was, and says so at the control. */
  change(patch: Partial<BenchState>, field = '', numbers: { weight?: Tensor | null; input?: Tensor | null } = {}): void {
    const setup = { ...this.wanted, ...numbers, state: { ...this.wanted.state, ...patch } }
    this.wanted = setup
    this.keepInSight(setup.state, patch)
    this.touched = true
    this.failure = null
    this.ask({ setup, field, leap: false })
  }

  /** The map in sight is one of those that there will be. */
  private keepInSight(state: BenchState, patch: Partial<BenchState>): void {
    const pooled = isPooling(state.operation)
    // A pooling has as many maps as channels, and which those are is known only for the input as it is.
    if (pooled && !('operation' in patch || 'source' in patch || 'channels' in patch)) return
    const count = pooled ? 1 : (state.names?.length ?? 1)
    if (count === 1) this.filter = 0
    else this.filter = Math.min(this.filter, count - 1)
  }

  /** Another state altogether. */
  show(setup: Setup, spot: Spot = { filter: 0, at: [] }): void {
    this.wanted = setup
    this.touched = false
    this.filter = spot.filter
    this.channel = 0
    this.at = spot.at
    this.growing = false
    this.pointed = null
    this.failure = null
    this.leaping = true
    this.ask({ setup, field: '', leap: true })
  }

  /** The weights that a change starts from. */
  private weights(): Tensor | null {
    const { weight, state } = this.wanted
    return weight !== null && (state.names ?? []).every((name) => name === '') ? weight : (this.made?.weight ?? weight)
  }

  /** One weight of the kernel in sight. */
  setWeight(tap: number, value: number): void {
    const held = this.weights()
    if (held === null || !Number.isFinite(value)) return
    const [, depth = 1, ...taps] = held.shape
    const size = taps.reduce((product, length) => product * length, 1)
    const filter = Math.max(this.filter, 0)
    const data = Float64Array.from(held.data, Number)
    data[(filter * depth + (this.channel % depth)) * size + tap] = value
    const names = (this.wanted.state.names ?? []).map((name, i) => (i === filter ? '' : name))
    this.change({ names, taps: taps }, 'weight', { weight: tensorOf(held.shape, data) })
  }

  /** A kernel of the bank in place of the filter in sight, or one more beside it. */
  setKernel(name: string, { add = false }: { add?: boolean } = {}): void {
    const names = [...(this.wanted.state.names ?? [])]
    const others = names.length > 1 || add
    if (add) names.push(name)
    else names[Math.max(this.filter, 0)] = name
    this.change({ names, ...(others ? {} : { taps: [] }) }, 'kernel', { weight: this.weights() })
    if (add) this.showMap(names.length - 1)
  }

  /** So many filters: those that are there, and further ones with weights as they are before any learning. */
  setFilters(count: number): void {
    const held = this.wanted.state.names ?? []
    const names = Array.from({ length: count }, (_, i) => held[i] ?? UNTRAINED)
    this.change({ names, taps: this.made?.state.taps ?? [] }, 'filters', { weight: this.weights() })
  }

  removeFilter(filter: number): void {
    const names = (this.wanted.state.names ?? []).filter((_, i) => i !== filter)
    if (names.length === 0) return
    const held = this.weights()
    const rows = held === null ? 0 : (held.shape[0] ?? 1)
    const size = held === null ? 0 : held.data.length / rows
    const weight = held === null ? null : tensorOf([rows - 1, ...held.shape.slice(1)], Array.from(held.data, Number).filter((_, i) => Math.floor(i / size) !== filter))
    this.change({ names }, 'kernel', { weight })
  }

  /** Another map comes into sight. */
  showMap(filter: number): void {
    this.filter = filter
    // A pooling's map is made of the channel of the same number.
    if (filter >= 0 && isPooling(this.wanted.state.operation)) this.channel = filter
    this.ask({ setup: this.wanted, field: '', leap: false })
  }

  showChannel(channel: number): void {
    this.channel = channel
    this.ask({ setup: this.wanted, field: '', leap: false })
  }

  /** The cells that there is room for, for the input and for the output: they come with no more. */
  fit(size: Size): void {
    this.size = size
    if (this.flying || this.made === null) return
    const { message } = this.made
    const { output, input } = drawnCells(message.geometry, size)
    if (output !== message.cell || input !== message.input_cell) this.ask({ setup: this.wanted, field: '', leap: false })
  }

  /** Puts the window somewhere. */
  go(at: readonly number[]): void {
    if (this.made === null || this.leaping) return
    const { counts } = this.made.message.geometry
    this.at = counts.map((count, axis) => Math.min(Math.max(at[axis] ?? 0, 0), count - 1))
    this.explain()
  }

  /** Goes on by so many positions, row by row. */
  move(by: number): void {
    if (this.made !== null) this.go(placeOf(Math.min(Math.max(this.step + by, 0), this.count - 1), this.made.message.geometry.counts))
  }

  /** Asks anew what the server was gone for. */
  resume(): void {
    const { lost } = this
    if (lost !== null) this.ask(lost)
    else this.explain()
  }

  private ask(wish: Wish): void {
    this.lost = null
    if (this.flying) this.next = { ...wish, leap: wish.leap || this.next?.leap === true }
    else void this.fly(wish)
  }

  private async fly(wish: Wish): Promise<void> {
    const { setup, field } = wish
    this.flying = true
    this.patience ??= setTimeout(() => (this.busy = true), PATIENCE)
    const { size } = this
    try {
      const { filter, channel, seek } = untrack(() => ({ filter: this.filter, channel: this.channel, seek: this.at.length !== setup.state.rank }))
      const reply = await this.server.ask('bench', { state: setup.state, filter, channel, have: this.inputs?.key ?? '', size, seek }, { arrays: arraysOf(setup) })
      this.land(wish, filter, reply)
    } catch (error) {
      const text = errorText(error)
      if (error instanceof ConnectionLost) this.lost = wish
      // What comes later may be possible again: it starts from what was refused, so it is judged by itself.
      if (this.next !== null) this.next = { ...this.next, leap: this.next.leap || wish.leap }
      else if (text !== null) {
        this.failure = { field, text }
        this.leaping = false
        if (this.made !== null) {
          this.wanted = standing(this.made)
          this.filter = this.made.shown
        }
      }
    } finally {
      this.flying = false
      const { next } = this
      this.next = null
      if (next !== null) void this.fly(next)
      else this.rest()
      if (next === null && this.size !== null && this.size !== size) this.fit(this.size)
    }
  }

  private rest(): void {
    clearTimeout(this.patience)
    this.patience = undefined
    this.busy = false
  }

  private land({ setup, leap }: Wish, shown: number, { message, arrays }: Reply<'bench'>): void {
    const sent = arrays.get('input')
    if (sent !== undefined) this.inputs = { key: message.key, tensor: sent }
    const output = arrays.get('output')
    if (this.inputs === null || output === undefined) return
    const table = arrays.get('extents')?.data ?? []
    const extents = Array.from({ length: message.output_shape[0] ?? 1 }, (_, i) => ({ min: Number(table[2 * i]), max: Number(table[2 * i + 1]) }))
    this.made = {
      setup,
      state: message.state as Required<BenchState>,
      message,
      input: this.inputs.tensor,
      output,
      weight: arrays.get('weight') ?? null,
      tiles: arrays.get('tiles') ?? null,
      flat: arrays.get('flat') ?? null,
      extents,
      extent: shown < 0 ? { min: toNumber(message.output_extent[0]), max: toNumber(message.output_extent[1]) } : extents.reduce((all, each) => ({ min: Math.min(all.min, each.min), max: Math.max(all.max, each.max) }), extentOf([])),
      shown,
    }
    if (leap) this.leaps++
    if (this.next === null) {
      this.leaping = false
      this.failure = null
      this.wanted = standing(this.made)
    }
    this.channel = Math.min(this.channel, (message.input_shape[0] ?? 1) - 1)
    const { counts } = message.geometry
    const start = this.at.length === counts.length ? this.at : (message.start ?? [])
    this.at = counts.map((count, axis) => Math.min(start[axis] ?? 0, count - 1))
    this.slice = Math.min(this.slice, (message.geometry.kernel[0] ?? 1) - 1)
    this.explain()
  }

  private explain(): void {
    const { made } = this
    if (made === null) return
    this.units.ask({ state: made.setup.state, filter: Math.max(this.filter, 0), at: [...this.at], strongest: 32 }, arraysOf(made.setup))
  }
}
