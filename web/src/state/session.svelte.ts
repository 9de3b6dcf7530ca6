/** The one session of this page: its place (= the URL), the server behind it, and what is loaded. */

import type { RampKind } from '../draw/colour'
import type { Scope } from '../draw/scale'
import { geometryOf, type Geometry } from '../layout/geometry'
import { Connection, errorText, ownSocket, type Asker, type Status } from '../protocol/connection'
import { PROTOCOL } from '../protocol/messages'
import { NOWHERE, parseUnit, parseUrl, placeUrl, unitText, type Place, type Unit, type View } from './address'
import { Editing } from './editing.svelte'
import { Inspection } from './inspection.svelte'
import { Latest } from './latest.svelte'
import { Library, type Opened } from './library.svelte'
import { MapStore, type RunKey } from './maps.svelte'
import { Play } from './play.svelte'
import { Question } from './question.svelte'
import { RunState } from './run.svelte'
import type { Legend } from './scaling'
import { MIDDLE, type Plane } from './views'
import { placeOn } from './walk'
import { addressBar, keepOnLeaving, onReturn, type Whereabouts } from './whereabouts'

/** A cell that the pointer or the keys are on, without being chosen. */
export type Hover = { readonly layer: string; readonly channel: number; readonly at: readonly number[] }

/** What takes the files that are dropped or pasted on the stage, and what becomes of them there. */
export type Taker = { readonly words: string; readonly take: (files: readonly File[]) => Promise<void> }

export class Session {
  status: Status = $state('connecting')
  place: Place = $state.raw(NOWHERE)
  hover: Hover | null = $state.raw(null)
  /** A scale that is held fast, whatever is on the stage. */
  lock: { readonly low: number; readonly high: number } | null = $state.raw(null)
  /** The way down to the unit in sight: each breadcrumb is a unit. */
  trail: readonly Unit[] = $state.raw([])
  failure: string | null = $state(null)
  /** The kinds of colours on the stage while nothing is pointed at. */
  kinds: readonly RampKind[] = $state.raw(['signed'])
  /** The plane that the thumbnails of volumes show. */
  plane: Plane = $state.raw(MIDDLE)
  /** What the legend in the bar stands for; null where nothing is under the pointer or open. */
  legend: Legend | null = $state.raw(null)
  /** The open map at its true sizes. */
  readonly map: Question<'map'>
  /** The field of the open map's first cell, from which follows where its cells lie on the input. */
  readonly origin: Question<'field'>
  /** What the shown unit sees of the input. */
  readonly field: Latest<'field'>
  /** The explanation of the shown unit, and the way down from it. */
  readonly inspection: Inspection
  readonly play: Play
  /** What is edited, and the difference that it makes. */
  readonly editing: Editing
  readonly library: Library
  /** Null where files open as everywhere: a network, or an input for it. */
  taker: Taker | null = $state.raw(null)
  readonly run: RunState
  readonly maps: MapStore
  /** The unit that the address names, until the network is there; null once somebody has gone elsewhere. */
  private pendingUnit: string | null = ''
  private loads = 0
  /** Where the page began. */
  private home: Place = NOWHERE

  constructor(readonly server: Asker, private readonly whereabouts: Whereabouts = addressBar, readonly recorded = false) {
    this.library = new Library(server)
    this.run = new RunState(server)
    this.maps = new MapStore(server)
    this.map = new Question(server, 'map')
    this.origin = new Question(server, 'field')
    this.field = new Latest(server, 'field')
    this.inspection = new Inspection(this)
    this.play = new Play(this)
    this.editing = new Editing(this)
  }

  /** The unit that the inspector explains: the cell under the pointer, else the one that was chosen. */
  readonly shown: Unit | null = $derived.by(() => {
    const { hover } = this
    if (hover !== null) return { ...hover, sample: this.place.unit?.sample ?? 0 }
    return this.place.unit
  })

  /** The value of the shown unit, as the open map holds it. */
  readonly value: number | null = $derived.by(() => {
    const unit = this.shown
    const { reply, answered } = this.map
    const data = reply?.arrays.get('map')?.data
    if (unit === null || reply === null || data === undefined || answered === null) return null
    const { message } = reply
    const line = answered.line ?? false
    if (unit.layer !== answered.layer || (unit.channel !== answered.channel && !line) || unit.sample !== (answered.sample ?? 0)) return null
    if (line) return data[unit.channel ?? 0] ?? null
    if ((unit.at?.length ?? 0) !== message.shape.length) return null
    const place = (unit.at ?? []).reduce((index, step, axis) => index * (message.shape[axis] ?? 1) + step, 0)
    return data[place] ?? null
  })

  /** Where the cells of the open map lie on the input. */
  readonly geometry: Geometry | null = $derived.by(() => {
    const { reply, answered } = this.origin
    if (reply === null || answered === null || answered.layer !== this.place.unit?.layer) return null
    return geometryOf(reply.message.boxes, answered.at ?? [])
  })

  readonly key: RunKey | null = $derived.by(() => {
    const { network, input } = this.place
    return network !== null && input !== null && this.run.ready ? { network, input, version: this.run.version } : null
  })

  async begin(): Promise<void> {
    try {
      const { message } = await this.server.ask('hello', { protocol: PROTOCOL })
      this.library.greet(message)
      const wanted = parseUrl(this.whereabouts.url)
      this.pendingUnit = wanted.unitText
      const known = (list: readonly { id: string }[], id: string | null): string | null => (list.some((entry) => entry.id === id) ? id : null)
      if (wanted.network !== null && known(message.networks, wanted.network) === null) {
        this.failure = `the link names network "${wanted.network}", which is not open here; open it, then follow the link again`
      }
      const network = known(message.networks, wanted.network) ?? message.start?.network ?? null
      const fitting = this.library.inputsFor(network)
      const input = known(fitting, wanted.input) ?? known(fitting, message.start?.input ?? null) ?? fitting[0]?.id ?? null
      this.place = this.home = { ...NOWHERE, view: wanted.view, told: wanted.told, scope: wanted.scope, pins: wanted.pins, network, input }
      await this.load()
      void this.library.loadSamples(network).catch(() => {})
    } catch (error) {
      this.failure = errorText(error)
    }
  }

  /** Follows the address after back or forward. */
  async follow(): Promise<void> {
    const address = parseUrl(this.whereabouts.url)
    // The first address of all names nothing until the network is there.
    const wanted = address.network === null ? { ...address, network: this.home.network, input: this.home.input } : address
    this.pendingUnit = wanted.unitText
    const same = wanted.network === this.place.network && wanted.input === this.place.input
    this.hover = null
    // Another view's address says nothing about the unit, which stays what it was.
    const unit = !same ? null : wanted.view === 'network' ? this.known(wanted.unitText) : this.place.unit
    this.place = { ...wanted, unit }
    // A unit of the way down keeps the way, so that the breadcrumbs lead on in both directions.
    if (unit === null || placeOn(this.trail, unit) < 0) this.trail = unit === null ? [] : [unit]
    if (!same) await this.load()
  }

  /** Shows what was opened, in the view that is on the stage or in another. */
  async open(opened: Opened | null, view: View = this.place.view): Promise<void> {
    if (opened === null) return
    const network = opened.network ?? this.place.network
    const fitting = this.library.inputsFor(network)
    const kept = fitting.find(({ id }) => id === this.place.input)?.id
    const input = opened.input ?? kept ?? fitting[0]?.id ?? null
    const changed = network !== this.place.network
    this.pendingUnit = changed || this.place.unit === null ? '' : unitText(this.place.unit)
    this.go({ network, input, ...(view === this.place.view ? {} : { view, told: '' }), ...(changed ? { unit: null, pins: [] } : {}) })
    await this.load()
    void this.library.loadSamples(network).catch(() => {})
  }

  /** Opens files as a network, or as inputs for the one in sight. */
  async openFiles(files: readonly File[], view: View = this.place.view): Promise<boolean> {
    const opened = await this.library.openFiles(files, this.place.network)
    await this.open(opened, view)
    return opened !== null
  }

  /** Goes to a unit (or away from one); `replace` for a step that back should not undo by itself. A report explains what it was made for. */
  select(unit: Unit | null, { replace = false, trail }: { replace?: boolean; trail?: readonly Unit[] } = {}): void {
    if (this.recorded) return
    this.hover = null
    this.pendingUnit = null
    this.trail = trail ?? (unit === null ? [] : [unit])
    // A unit is looked at in the network.
    this.go({ unit, view: 'network', told: '' }, replace)
  }

  scope(scope: Scope): void {
    this.lock = null
    this.go({ scope }, true)
  }

  /** Goes to a view, which may say what it shows. */
  look(view: View, told = ''): void {
    this.hover = null
    if (view !== this.place.view || told !== this.place.told) this.go({ view, told })
  }

  /** What the view on the stage shows now: in the address, without a step that back would undo unless `step` says so. */
  tell(told: string, { step = false }: { step?: boolean } = {}): void {
    if (told !== this.place.told) this.go({ told }, !step)
  }

  togglePin(unit: Unit): void {
    const text = unitText(unit)
    const { pins } = this.place
    this.go({ pins: pins.includes(text) ? pins.filter((pin) => pin !== text) : [...pins, text] }, true)
  }

  /** The address of what is on the stage this very moment. */
  get link(): string {
    return this.whereabouts.url.href
  }

  known(text: string): Unit | null {
    return parseUnit(text, (layer) => this.run.byName.has(layer))
  }

  private go(change: Partial<Place>, replace = false): void {
    this.place = { ...this.place, ...change }
    const url = placeUrl(this.place)
    if (replace) this.whereabouts.replace(url)
    else this.whereabouts.push(url)
  }

  private async load(): Promise<void> {
    const { network, input } = this.place
    const mine = ++this.loads
    this.maps.clear()
    if (network === null) return
    await Promise.all([this.run.load(network, input), this.editing.load(network, input)])
    if (mine !== this.loads) return
    const pending = this.pendingUnit
    if (pending !== null) {
      const unit = this.known(pending)
      if (pending !== '' && unit === null && this.run.network !== null) this.failure = `the network has no unit "${pending}"`
      this.place = { ...this.place, unit }
      this.trail = unit === null ? [] : [unit]
    }
    this.whereabouts.replace(placeUrl(this.place))
  }
}

/** The session of this page, on its own server. */
export function startSession(): Session {
  const connection = new Connection(ownSocket)
  const session = new Session(connection)
  connection.onlibrary = (notice) => session.library.notice(notice)
  connection.onstatus = (status) => {
    session.status = status
    if (status === 'open') void session.begin()
  }
  keepOnLeaving()
  onReturn(() => void session.follow())
  connection.connect()
  return session
}
