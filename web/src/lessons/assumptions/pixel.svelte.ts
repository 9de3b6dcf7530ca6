/** One pixel that is made brighter, and the outputs that change. */

import type { Asked } from '../../protocol/connection'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { opened } from '../parts/opened'

export class Pixel {
  /** Row and column; null for the middle, wherever that is in the picture. */
  private chosen: readonly [number, number] | null = $state.raw(null)
  /** Which picture that is in. */
  private picture = ''
  /** Whether it was moved, in this step. */
  moved = $state(false)
  readonly found: Latest<'influence'>

  constructor(readonly session: Session) {
    this.found = new Latest(session.server, 'influence')
  }

  begin(): void {
    this.chosen = null
    this.moved = false
  }

  get cell(): readonly [number, number] {
    return this.chosen ?? this.found.reply?.message.cell ?? [0, 0]
  }

  /** Rows and columns of the picture. */
  get size(): readonly [number, number] {
    const [rows = 1, columns = 1] = this.found.reply?.arrays.get('x')?.shape ?? []
    return [rows, columns]
  }

  go(row: number, column: number): void {
    if (this.found.reply === null) return
    const inside = (place: number, length: number): number => Math.min(Math.max(place, 0), length - 1)
    const to = [inside(row, this.size[0]), inside(column, this.size[1])] as const
    this.moved ||= to[0] !== this.cell[0] || to[1] !== this.cell[1]
    this.chosen = to
  }

  step(rows: number, columns: number): void {
    this.go(this.cell[0] + rows, this.cell[1] + columns)
  }

  private request(kernel: string, own: boolean): Asked<'influence'> {
    return { kernel, cell: this.chosen === null ? null : [...this.chosen], ...(own ? opened(this.session) : null) }
  }

  ask(kernel: string, own: boolean): void {
    const picture = own ? (opened(this.session)?.input ?? '') : ''
    // Another picture may not have that pixel.
    if (picture !== this.picture) this.chosen = null
    this.picture = picture
    this.found.ask(this.request(kernel, own))
  }

  /** The answer, if it is about what is set now. */
  current(kernel: string, own: boolean): Latest<'influence'>['reply'] {
    return JSON.stringify(this.found.answered) === JSON.stringify(this.request(kernel, own)) ? this.found.reply : null
  }
}
