/** Maps that were asked for, kept as long as there is room: a view gets what is there at once, and the rest when it comes. */

import type { Extent } from '../draw/scale'
import type { Arrays, Asker } from '../protocol/connection'
import { errorText } from '../protocol/connection'
import type { MapsInfo, MapsView } from '../protocol/messages'
import { toNumber } from '../protocol/messages'

const MOST_BYTES = 192 * 1024 * 1024

/** Maps of some channels of a layer, as they came. */
export type Maps = {
  readonly info: MapsInfo
  /** Sizes of a drawn map: (), (l,) or (h, w). */
  readonly drawn: readonly number[]
  readonly layer: Extent
  readonly version: number
  /** The numbers of channel `i` of those that were asked for. */
  data(i: number): Float32Array
  /** Least and greatest number of the whole map, also of what down-sampling left out. */
  extent(i: number): Extent
  /** Least and greatest number in each drawn cell, of 1-D maps that were reduced. */
  band(i: number): { low: Float32Array; high: Float32Array } | null
}

export class Entry {
  maps: Maps | null = $state.raw(null)
  failure: string | null = $state(null)
  bytes = 0
  stop: AbortController | null = null
  users = 0

  constructor(readonly run: RunKey, readonly view: MapsView) {}
}

export type RunKey = { readonly network: string; readonly input: string; readonly version: number }

export class MapStore {
  private readonly entries = new Map<string, Entry>()
  private bytes = 0

  constructor(private readonly server: Asker) {}

  /** The entry of some maps, asked for if it is new. Call `release` when it is out of sight. */
  hold(run: RunKey, view: MapsView): { entry: Entry; release: () => void } {
    const key = keyOf(run, view)
    let entry = this.entries.get(key)
    if (entry === undefined) entry = new Entry(run, view)
    // Moved to the end: the first ones are those that were used longest ago.
    this.entries.delete(key)
    this.entries.set(key, entry)
    entry.users++
    if (entry.maps === null && entry.stop === null) void this.load(key, entry, run, view)
    const held = entry
    return { entry, release: () => this.release(key, held) }
  }

  has(run: RunKey, view: MapsView): boolean {
    return this.entries.has(keyOf(run, view))
  }

  /** The maps that are on the screen. */
  inSight({ network, input, version }: RunKey): MapsView[] {
    const shown = [...this.entries.values()].filter(({ users, run }) => users > 0 && run.network === network && run.input === input && run.version === version)
    return shown.map(({ view }) => view)
  }

  /** Puts in maps that came with something else: the answer to an edit. */
  put(run: RunKey, view: MapsView, maps: Maps): void {
    const key = keyOf(run, view)
    const entry = this.entries.get(key) ?? new Entry(run, view)
    this.entries.set(key, entry)
    this.fill(entry, maps)
  }

  clear(): void {
    for (const entry of this.entries.values()) entry.stop?.abort()
    this.entries.clear()
    this.bytes = 0
  }

  private release(key: string, entry: Entry): void {
    entry.users--
    if (entry.users > 0 || entry.stop === null) return
    // Scrolled past before it came: nobody waits for it.
    entry.stop.abort()
    if (this.entries.get(key) === entry) this.entries.delete(key)
  }

  private async load(key: string, entry: Entry, run: RunKey, view: MapsView): Promise<void> {
    const stop = (entry.stop = new AbortController())
    entry.failure = null
    try {
      const { message, arrays } = await this.server.ask('maps', { network: run.network, input: run.input, view }, { signal: stop.signal })
      this.fill(entry, mapsOf(message.info, arrays, '', message.version))
    } catch (error) {
      entry.failure = errorText(error)
      if (this.entries.get(key) === entry) this.entries.delete(key)
    } finally {
      if (entry.stop === stop) entry.stop = null
    }
  }

  private fill(entry: Entry, maps: Maps): void {
    const bytes = maps.info.count * maps.drawn.reduce((product, size) => product * size, 4)
    this.bytes += bytes - entry.bytes
    entry.bytes = bytes
    entry.maps = maps
    for (const [key, old] of this.entries) {
      if (this.bytes <= MOST_BYTES) break
      if (old.users > 0 || old === entry) continue
      this.entries.delete(key)
      this.bytes -= old.bytes
    }
  }
}

/** Maps of a frame; `prefix` is that of their arrays, such as "views.3." in the answer to an edit. */
export function mapsOf(info: MapsInfo, arrays: Arrays, prefix = '', version = 0): Maps {
  const maps = arrays.get(`${prefix}maps`)
  const extents = arrays.get(`${prefix}extents`)
  if (maps === undefined || extents === undefined) throw new Error(`the answer for ${info.layer} has no maps`)
  const drawn = maps.shape.slice(1)
  const size = drawn.reduce((product, part) => product * part, 1)
  const [low, high] = [arrays.get(`${prefix}low`), arrays.get(`${prefix}high`)]
  const part = (data: ArrayLike<number>, i: number): Float32Array =>
    data instanceof Float32Array ? data.subarray(i * size, (i + 1) * size) : Float32Array.from({ length: size }, (_, j) => data[i * size + j] ?? NaN)
  return {
    info,
    drawn,
    version,
    layer: { min: toNumber(info.extent[0]), max: toNumber(info.extent[1]) },
    data: (i) => part(maps.data, i),
    extent: (i) => ({ min: Number(extents.data[2 * i]), max: Number(extents.data[2 * i + 1]) }),
    band: (i) => (low && high ? { low: part(low.data, i), high: part(high.data, i) } : null),
  }
}

function keyOf({ network, input, version }: RunKey, { layer, sample = 0, first = 0, count = 24, size, slice, line = false, difference = false }: MapsView): string {
  return JSON.stringify([network, input, version, layer, sample, first, count, size.height, size.width, slice ?? null, line, difference])
}
