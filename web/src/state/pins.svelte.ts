/** The pinned maps at their true sizes, to be compared cell by cell. */

import type { Tensor } from '../protocol/frame'
import type { Asker } from '../protocol/connection'
import { errorText } from '../protocol/connection'
import type { LayerInfo } from '../protocol/messages'
import { flatIndex } from '../layout/indices'
import { answering, differenceOf } from '../layout/pinned'
import { unitText, type Unit } from './address'
import type { RunKey } from './maps.svelte'

export type Held = { readonly unit: Unit; readonly shape: readonly number[]; readonly data: Tensor['data'] }

/** The value of a pinned map at the cell that answers to the one in hand. */
export type Reading = { readonly value: number; readonly at: readonly number[]; readonly same: boolean }

export class Pinned {
  private held: ReadonlyMap<string, Held> = $state.raw(new Map())
  failure: string | null = $state(null)
  private stop: AbortController | null = null
  private key = ''

  constructor(private readonly server: Asker) {}

  /** Loads what is pinned and not in hand; what is pinned no more is let go. */
  async load(run: RunKey, units: readonly Unit[], layers: ReadonlyMap<string, LayerInfo>, difference = false): Promise<void> {
    const key = JSON.stringify([run.network, run.input, run.version, difference])
    if (key !== this.key) {
      this.stop?.abort()
      this.stop = new AbortController()
      this.held = new Map()
      this.key = key
    }
    const wanted = new Set(units.map(unitText))
    this.held = new Map([...this.held].filter(([text]) => wanted.has(text)))
    const signal = this.stop?.signal
    for (const unit of units) {
      const text = unitText(unit)
      if (this.held.has(text)) continue
      const line = (layers.get(unit.layer)?.line ?? '') !== ''
      try {
        const request = { network: run.network, input: run.input, layer: unit.layer, channel: unit.channel ?? 0, sample: unit.sample, line, difference }
        const { message, arrays } = await this.server.ask('map', request, signal === undefined ? {} : { signal })
        const found = arrays.get('map')
        if (signal?.aborted || found === undefined) return
        this.held = new Map(this.held).set(text, { unit, shape: message.shape, data: found.data })
        this.failure = null
      } catch (error) {
        this.failure = signal?.aborted ? null : errorText(error)
      }
    }
  }

  of(unit: Unit): Held | null {
    return this.held.get(unitText(unit)) ?? null
  }

  read(unit: Unit, at: readonly number[], shape: readonly number[]): Reading | null {
    const held = this.of(unit)
    const cell = held === null ? null : answering(at, shape, held.shape)
    return held === null || cell === null ? null : { value: Number(held.data[flatIndex(cell.at, held.shape)]), ...cell }
  }

  /** A pinned map less another; null where their sizes differ, or one is on its way. */
  difference(unit: Unit, from: Unit): Held | null {
    const [a, b] = [this.of(unit), this.of(from)]
    if (a === null || b === null || a.shape.length !== b.shape.length || a.shape.some((size, axis) => size !== b.shape[axis])) return null
    return { unit, shape: a.shape, data: differenceOf(Array.from(a.data, Number), Array.from(b.data, Number)) }
  }
}
