/** The way up through the open network, on the open picture. */

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
  /** The strongest maps of the level. */
  readonly maps: readonly Latest<'maps'>[]

  constructor(readonly session: Session) {
    this.found = new Latest(session.server, 'hierarchy')
    this.maps = Array.from({ length: SHOWN }, () => new Latest(session.server, 'maps'))
  }

  readonly levels = $derived.by(() => this.found.reply?.message.levels ?? [])
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
    if (place !== null && this.session.run.ready) this.found.ask({ ...place, levels: 6 })
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
