/** Edits of the input and the network: sent one at a time, and each answer renews all that is on the screen. */

import type { Extent } from '../draw/scale'
import { errorText, type Arrays } from '../protocol/connection'
import type { Tensor } from '../protocol/frame'
import type { EditItem, EditState, MapsView, OutputInfo, PaintAnswer, Requests } from '../protocol/messages'
import { mapsOf, type RunKey } from './maps.svelte'
import { queued, type Wish } from './wishes'
import type { Session } from './session.svelte'

export type EditType = 'paint' | 'shift' | 'flip' | 'replace' | 'edit_kernel' | 'switch_channel' | 'reset'
type Fields<T extends EditType> = Omit<Requests[T], 'id' | 'type' | 'network' | 'input' | 'views' | 'top' | 'stroke' | 'show_input' | 'lane'>
type Edit = { [T in EditType]: Wish & { readonly type: T; readonly fields: Fields<T>; readonly arrays: Arrays | undefined; readonly key: RunKey } }[EditType]

/** All edits are answered alike. */
type EditAnswer = Omit<PaintAnswer, 'type'>

export type Change = { readonly largest: number; readonly root: number; readonly relative: number }

const NOTHING: EditState = { items: [], back: 0, again: 0 }
// Facts of all layers take longer than an edit: they follow once it is quiet.
const QUIET = 150

export class Editing {
  state: EditState = $state.raw(NOTHING)
  /** Whether maps show what differs from the run without edits, instead of their values. */
  difference = $state(false)
  /** Whether the input's editor is open. */
  open = $state(false)
  /** The input that it edits; the first one where none is named. */
  port = $state('')
  failure: string | null = $state(null)
  /** How far each layer moved. */
  changes: ReadonlyMap<string, Change> = $state.raw(new Map())
  /** What came out without edits. */
  before: readonly OutputInfo[] = $state.raw([])
  /** The inputs that are no pictures, (channels, *spatial). */
  numbers: ReadonlyMap<string, Tensor> = $state.raw(new Map())
  private waiting: readonly Edit[] = []
  private flying = false
  private strokes = Date.now()
  private timer: ReturnType<typeof setTimeout> | undefined
  private stop: AbortController | null = null

  constructor(private readonly session: Session) {}

  readonly edited: boolean = $derived(this.state.items.length > 0)
  /** The largest difference of all layers, as an extent. */
  readonly extent: Extent = $derived.by(() => {
    const inputs = new Set(this.session.run.ports.map(({ port }) => port))
    const most = [...this.changes].reduce((reach, [layer, { largest }]) => (inputs.has(layer) ? reach : Math.max(reach, largest)), 0)
    return { min: -most, max: most }
  })

  /** Opens the editor on an input, or closes it where it shows that one already. */
  toggle(port: string | null = null): void {
    const same = port === null || port === this.port || (this.port === '' && port === this.session.run.ports[0]?.port)
    this.open = !(this.open && same)
    if (port !== null) this.port = port
  }

  /** A number that edits of one drag share. */
  stroke(): number {
    return ++this.strokes
  }

  isOff(layer: string, channel: number): boolean {
    return this.state.items.some((item) => item.kind === 'channel' && item.name === layer && item.channel === channel)
  }

  /** Asks what this tab has edited, as after the page was loaded again. */
  async load(network: string, input: string | null): Promise<void> {
    clearTimeout(this.timer)
    this.waiting = []
    this.state = NOTHING
    this.changes = new Map()
    this.numbers = new Map()
    this.before = []
    this.failure = null
    if (input === null || this.session.recorded) return
    try {
      const { message } = await this.session.server.ask('edits', { network, input })
      const before = await this.session.server.ask('prediction', { network, input, original: true, top: 5 })
      this.take(message.state)
      this.before = before.message.outputs
      if (this.edited) this.settle()
      if (this.open) await this.loadNumbers()
    } catch {
      // The run says itself what is wrong with it.
    }
  }

  /** Loads the numbers of inputs that are no pictures, for their editor. */
  async loadNumbers(): Promise<void> {
    const key = this.session.key
    if (key === null || this.session.run.pictures.size > 0) return
    const { arrays } = await this.session.server.ask('input', { network: key.network, input: key.input, numbers: true })
    this.takeNumbers(arrays)
  }

  apply<T extends EditType>(type: T, fields: Fields<T>, { arrays, stroke = 0 }: { arrays?: Arrays; stroke?: number } = {}): void {
    const { key } = this.session
    if (key === null || this.session.recorded) return
    this.failure = null
    this.waiting = queued(this.waiting, { type, fields, arrays, stroke, key } as Edit)
    if (!this.flying) void this.send()
  }

  back(): void {
    if (this.state.back > 0 || this.flying) this.apply('reset', { what: 'back' })
  }

  again(): void {
    if (this.state.again > 0 || this.flying) this.apply('reset', { what: 'again' })
  }

  /** Returns everything, or one edit. */
  return(item: EditItem | null = null): void {
    this.apply('reset', item === null ? { what: 'all' } : { what: item.kind, name: item.name, channel: item.channel })
  }

  toggleChannel(layer: string, channel: number): void {
    if (this.session.run.byName.get(layer)?.kind === 'Input') this.failure = `"${layer}" is the input: it has no channels to switch off; edit it instead (e)`
    else this.apply('switch_channel', { layer, channel, on: this.isOff(layer, channel) })
  }

  toggleDifference(): void {
    if (this.edited || this.difference) this.difference = !this.difference
  }

  private async send(): Promise<void> {
    this.flying = true
    for (;;) {
      const [edit, ...rest] = this.waiting
      if (edit === undefined) break
      this.waiting = rest
      await this.one(edit)
    }
    this.flying = false
    this.settle()
  }

  private async one({ type, fields, arrays, stroke, key }: Edit): Promise<void> {
    const { session } = this
    if (session.place.network !== key.network || session.place.input !== key.input || session.key === null) return
    const views = session.maps.inSight(session.key)
    const input = type !== 'edit_kernel' && type !== 'switch_channel'
    try {
      const request = { ...fields, network: key.network, input: key.input, views, stroke, show_input: input }
      const reply = await session.server.ask(type, request as Requests[typeof type], arrays === undefined ? {} : { arrays })
      if (session.place.network !== key.network || session.place.input !== key.input) return
      this.show(key, views, reply.message, reply.arrays)
    } catch (error) {
      this.failure = errorText(error)
    }
  }

  private show({ network, input }: RunKey, views: readonly MapsView[], message: EditAnswer, arrays: Arrays): void {
    const { run, maps } = this.session
    message.views.forEach((info, i) => {
      const view = views[i]
      if (view !== undefined) maps.put({ network, input, version: message.version }, view, mapsOf(info, arrays, `views.${i}.`, message.version))
    })
    run.outputs = message.outputs
    if (message.ports.length > 0) {
      run.show(message.ports, arrays)
      this.takeNumbers(arrays)
    }
    run.version = message.version
    this.take(message.state)
  }

  private take(state: EditState): void {
    this.state = state
    if (state.items.length === 0) this.difference = false
  }

  private takeNumbers(arrays: Arrays): void {
    const found = [...arrays].flatMap(([name, tensor]) => (name.startsWith('numbers.') ? [[name.slice('numbers.'.length), tensor] as const] : []))
    if (found.length > 0) this.numbers = new Map(found)
  }

  /** Statistics and differences of all layers, once no further edit comes. */
  private settle(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.loadFacts(), QUIET)
  }

  private async loadFacts(): Promise<void> {
    const { key, run, server } = this.session
    if (key === null || this.flying) return
    this.stop?.abort()
    const stop = (this.stop = new AbortController())
    const [request, options] = [{ network: key.network, input: key.input }, { signal: stop.signal }]
    try {
      const [difference] = await Promise.all([server.ask('difference', request, options), run.loadStatistics(key.network, key.input, options)])
      const table = difference.arrays.get('layers')?.data
      const cell = (row: number, i: number): number => Number(table?.[3 * row + i] ?? NaN)
      this.changes = new Map(difference.message.layers.map((layer, row) => [layer, { largest: cell(row, 0), root: cell(row, 1), relative: cell(row, 2) }]))
    } catch (error) {
      if (!stop.signal.aborted) this.failure = errorText(error)
    }
  }
}
