/** The way up through the open network, on the open picture. */

import { untrack } from 'svelte'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { opened } from '../parts/opened'

const SHOWN = 6
const CELLS = 224

export class Hierarchy {
  level = $state(0)
  seen: ReadonlySet<number> = $state.raw(new Set())
  channel: number | null = $state(null)
  readonly found: Latest<'hierarchy'>
  /** The input, where it is no picture: its first channel. */
  readonly input: Latest<'maps'>
  /** The strongest maps of the level. */
  readonly maps: readonly Latest<'maps'>[]

  constructor(readonly session: Session) {
    this.found = new Latest(session.server, 'hierarchy')
    this.input = new Latest(session.server, 'maps')
    this.maps = Array.from({ length: SHOWN }, () => new Latest(session.server, 'maps'))
  }

  /** The network that it began with; another one has other layers. */
  private network: string | null = null

  readonly levels = $derived.by(() => (this.found.answered?.network === opened(this.session)?.network ? (this.found.reply?.message.levels ?? []) : []))
  readonly present = $derived.by(() => this.levels[this.level] ?? null)
  readonly strongest: readonly number[] = $derived.by(() => this.present?.order.slice(0, SHOWN) ?? [])

  begin(): void {
    this.level = 0
    this.seen = new Set()
    this.channel = null
  }

  go(level: number): void {
    if (level < 0 || level >= this.levels.length) return
    this.level = level
    this.seen = new Set([...this.seen, level])
    this.channel = null
  }

  ask(): void {
    const place = opened(this.session)
    if (place === null || !this.session.run.ready) return
    if (place.network !== this.network) untrack(() => this.begin())
    this.network = place.network
    this.found.ask({ ...place, levels: 6 })
  }

  /** Asks for the input, cut through the depth at which the level's most excited unit sees it. */
  askInput(): void {
    const place = opened(this.session)
    const [port] = this.session.run.ports
    if (place === null || port === undefined || port.picture !== null || !this.session.run.ready) return
    const { box } = this.present ?? { box: [] }
    const depth = box.length === 3 ? Math.floor(((box[0]?.[0] ?? 0) + (box[0]?.[1] ?? 0)) / 2) : null
    const slice = depth === null ? null : { axis: 0, index: depth }
    this.input.ask({ ...place, as_opened: true, view: { layer: port.port, first: 0, count: 1, size: { height: CELLS, width: 2 * CELLS }, slice } })
  }

  askMaps(): void {
    const place = opened(this.session)
    const { present } = this
    if (present === null || place === null) return
    this.strongest.forEach((channel, i) =>
      this.maps[i]?.ask({ ...place, as_opened: true, view: { layer: present.layer, first: channel, count: 1, size: { height: CELLS, width: CELLS } } }),
    )
  }
}
