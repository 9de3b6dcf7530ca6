/** What the inspector explains, and the way down from it. */

import type { Unit } from './address'
import { unitText } from './address'
import { cellBehind, explainedOf, ranked, type Explained, type Tap } from './explained'
import { keep, kept } from './kept'
import { Latest } from './latest.svelte'
import type { Session } from './session.svelte'
import { before, deeper, exchanged } from './walk'

const FULL = 'striate.digits'
// Channels that are explained in full: of windows with one cell they are lines, which take little room.
const FEW = 8
const MORE = 20

export class Inspection {
  readonly latest: Latest<'explain'>
  /** All digits instead of those that fit. */
  full: boolean = $state(kept(FULL) === 'all')
  /** How often "show" was asked for: each time four times as many channels. */
  private shownMore = $state(0)
  /** Characters of a product's cell in the inspector: sums on the stage are printed like those there. */
  characters = $state(6)
  private chosen: Tap | null = $state.raw(null)
  /** The product under the pointer. */
  pointed: Tap | null = $state.raw(null)

  constructor(private readonly session: Session) {
    this.latest = new Latest(session.server, 'explain')
  }

  readonly explained: Explained | null = $derived.by(() => {
    const { reply } = this.latest
    return reply === null ? null : explainedOf(reply)
  })

  /** The products by magnitude. */
  private readonly taps: readonly Tap[] = $derived.by(() => {
    const window = this.explained?.window ?? null
    return window === null ? [] : ranked(window)
  })

  /** The product that Enter follows: the one chosen, else the strongest; of a pooling its winner. */
  readonly cursor: Tap | null = $derived.by(() => {
    const { explained, chosen, taps } = this
    if (chosen !== null && taps.some(({ row, tap }) => row === chosen.row && tap === chosen.tap)) return chosen
    if (explained?.winner) return { row: 0, tap: explained.winner.reduce((i, step, axis) => i * (explained.window?.taps[axis] ?? 1) + step, 0) }
    return taps[0] ?? null
  })

  readonly strongest: number = $derived.by(() => {
    const unit = this.session.shown
    const kernel = unit === null ? null : (this.session.run.byName.get(unit.layer)?.kernel ?? null)
    const single = kernel !== null && kernel.slice(2).every((tap) => tap === 1)
    return Math.min((single ? MORE : FEW) * 4 ** this.shownMore, 4096)
  })

  /** The unit that is explained: it has a position if its map has. */
  readonly unit: Unit | null = $derived.by(() => {
    const unit = this.session.shown
    if (unit === null || unit.channel === null) return null
    const spatial = this.session.run.byName.get(unit.layer)?.spatial
    // A position that does not fit the map, of a link that is wrong, is the server's to explain.
    if (spatial === undefined || unit.at !== null || spatial.length === 0) return unit
    // A map of a single cell leaves no choice.
    return spatial.every((size) => size === 1) ? { ...unit, at: spatial.map(() => 0) } : null
  })

  /** Asks for the explanation of the shown unit; called whenever that changes. */
  follow(): void {
    const [run, unit] = [this.session.key, this.unit]
    if (run === null || unit === null) this.latest.forget()
    else this.latest.ask({ network: run.network, input: run.input, layer: unit.layer, channel: unit.channel ?? 0, at: [...(unit.at ?? [])], sample: unit.sample, strongest: this.strongest, lane: 'explain' })
  }

  /** Asks what the unit sees of the input; after its explanation, for which the pointer waits. */
  followField(): void {
    const [run, answered] = [this.session.key, this.latest.answered]
    if (run === null || answered === null) this.session.field.forget()
    else this.session.field.ask({ network: run.network, input: run.input, layer: answered.layer, channel: answered.channel, at: [...(answered.at ?? [])], sample: answered.sample ?? 0, lane: 'field' })
  }

  /** Another map is shown: choices of the one before do not hold for it. */
  forgetChoices(): void {
    this.chosen = this.pointed = null
    this.shownMore = 0
  }

  more(): void {
    this.shownMore++
  }

  toggleFull(): void {
    this.full = !this.full
    keep(FULL, this.full ? 'all' : 'few')
  }

  choose(tap: Tap): void {
    this.chosen = tap
  }

  /** The next product by magnitude. */
  stepCursor(by: number): void {
    const { cursor, taps } = this
    const place = cursor === null ? -1 : taps.findIndex(({ row, tap }) => row === cursor.row && tap === cursor.tap)
    const next = taps[Math.min(Math.max(place + by, 0), taps.length - 1)]
    if (next !== undefined) this.chosen = next
  }

  /** Where a product (or the strongest cell of another op) comes from. */
  behind(tap: Tap | null = this.cursor): Unit | null {
    const { explained } = this
    if (explained === null) return null
    if (explained.window !== null && tap !== null) return this.reachable(cellBehind(explained.window, tap, explained.unit.sample))
    const cells = explained.operands.flatMap((operand) => (operand.constant ? [] : operand.cells.map((cell) => ({ operand, cell, size: Math.abs((cell.coefficient ?? 0) * cell.number) }))))
    const [best] = cells.filter(({ cell }) => !cell.padding).sort((a, b) => b.size - a.size)
    return best === undefined ? null : this.reachable({ layer: best.operand.source, channel: best.cell.channel, at: best.cell.at, sample: explained.unit.sample })
  }

  /** Only layers and inputs have a place on the stage; weights and values inside a layer have none. */
  reachable(cell: Unit | null): Unit | null {
    return cell !== null && this.session.run.byName.has(cell.layer) ? cell : null
  }

  /** Goes down to the cell that a product comes from. */
  down(cell: Unit | null = this.behind()): void {
    const { session, explained } = this
    if (cell === null || explained === null || !session.run.byName.has(cell.layer)) return
    const from = this.settled(explained.unit)
    session.select(cell, { trail: deeper(session.trail, from, cell) })
  }

  /** Goes back up by one step. */
  up(): void {
    const { session } = this
    const to = session.place.unit === null ? null : before(session.trail, session.place.unit)
    if (to !== null) session.select(to, { trail: session.trail })
  }

  get canGoUp(): boolean {
    const { place, trail } = this.session
    return place.unit !== null && before(trail, place.unit) !== null
  }

  /** Makes the cell under the pointer the chosen one, so that going back comes back to it; of the same layer only. */
  private settled(unit: Unit): Unit {
    const { session } = this
    const chosen = session.place.unit
    if (chosen !== null && unitText(chosen) !== unitText(unit)) session.select(unit, { replace: true, trail: exchanged(session.trail, chosen, unit) })
    return unit
  }

  /** Chooses a cell of the open map. */
  settle(at: readonly number[]): void {
    const chosen = this.session.place.unit
    if (chosen !== null) this.settled({ ...chosen, at })
  }
}
