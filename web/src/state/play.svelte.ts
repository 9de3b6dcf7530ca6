/** The window slides over the map, a cell at a time; the pointer on the map holds it. */

import type { Hover, Session } from './session.svelte'
import { slid } from './steps'
import { reducedMotion } from './theme.svelte'

/** Milliseconds a step. */
export const PACES = [1000, 500, 250, 125, 60] as const
const USUAL = 2

export class Play {
  playing = $state(false)
  /** The pointer is on the map: it holds until that leaves. */
  held = $state(false)
  pace = $state(reducedMotion() ? 0 : USUAL)
  private timer: ReturnType<typeof setTimeout> | undefined
  private own: Hover | null = null

  constructor(private readonly session: Session) {}

  /** Sizes of the open map; null where none is open. */
  private get shape(): readonly number[] | null {
    const unit = this.session.place.unit
    const layer = unit === null ? undefined : this.session.run.byName.get(unit.layer)
    return unit?.channel == null || layer === undefined || layer.spatial.length === 0 ? null : layer.spatial.map((size) => size ?? 1)
  }

  get possible(): boolean {
    return this.shape !== null
  }

  toggle(): void {
    if (this.playing) this.stop()
    else if (this.shape !== null) {
      this.playing = true
      this.own = null
      this.advance(this.session.shown?.at == null ? 1 : 0)
      this.wait()
    }
  }

  /** Stands still on the cell that it has come to, which is then chosen: the address follows. */
  stop(): void {
    clearTimeout(this.timer)
    const { own } = this
    if (this.playing && own !== null && this.session.hover === own) this.session.inspection.settle(own.at)
    this.playing = this.held = false
    this.own = null
  }

  /** One step, by hand. */
  step(by: number): void {
    const shape = this.shape
    const at = this.session.shown?.at ?? null
    if (this.playing) this.stop()
    if (shape !== null) this.session.inspection.settle(slid(at, by, shape))
  }

  faster(by: number): void {
    this.pace = Math.min(Math.max(this.pace + by, 0), PACES.length - 1)
  }

  private wait(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (!this.playing) return
      const { hover } = this.session
      this.held = hover !== null && hover !== this.own
      if (this.shape === null || (this.own !== null && !this.stillOpen(this.own))) {
        this.stop()
        return
      }
      if (!this.held) this.advance(1)
      this.wait()
    }, PACES[this.pace])
  }

  private stillOpen(own: Hover): boolean {
    const { unit } = this.session.place
    return unit !== null && unit.layer === own.layer && unit.channel === own.channel
  }

  private advance(by: number): void {
    const [shape, { unit }] = [this.shape, this.session.place]
    if (shape === null || unit === null || unit.channel === null) return
    const from = this.own?.at ?? this.session.shown?.at ?? null
    this.own = { layer: unit.layer, channel: unit.channel, at: slid(from, by, shape) }
    this.session.hover = this.own
  }
}
