/** The window runs over the output, position by position, and the output grows behind it. */

import type { Bench } from './bench.svelte'

/** Positions a second. */
export const SPEEDS = [1, 2, 4, 8, 16, 60, 240, 1000, 5000] as const

export class Player {
  playing = $state(false)
  speed = $state(2)
  private frame = 0
  private last = 0
  private owed = 0

  constructor(private readonly bench: Bench) {}

  toggle(): void {
    if (this.playing) this.stop()
    else this.start()
  }

  start(): void {
    const { bench } = this
    if (bench.made === null || bench.leaping) return
    if (!bench.growing || bench.step >= bench.count - 1) bench.go(bench.at.map(() => 0))
    bench.growing = true
    this.playing = true
    this.last = performance.now()
    this.owed = 0
    this.frame = requestAnimationFrame((now) => this.tick(now))
  }

  stop(): void {
    cancelAnimationFrame(this.frame)
    this.playing = false
  }

  /** One position on or back, by hand; the output is then shown as far as the window has come. */
  step(by: number): void {
    this.stop()
    const { bench } = this
    if (!bench.growing) {
      bench.growing = true
      if (bench.step >= bench.count - 1 && by > 0) return bench.go(bench.at.map(() => 0))
    }
    bench.move(by)
  }

  faster(by: number): void {
    this.speed = Math.min(Math.max(this.speed + by, 0), SPEEDS.length - 1)
  }

  private tick(now: number): void {
    if (!this.playing) return
    // Another state is on its way: there is nothing to slide over.
    if (this.bench.leaping) return this.stop()
    this.owed += ((now - this.last) / 1000) * (SPEEDS[this.speed] ?? 1)
    this.last = now
    const whole = Math.floor(this.owed)
    if (whole > 0) {
      this.owed -= whole
      this.bench.move(whole)
    }
    if (this.bench.step >= this.bench.count - 1) this.stop()
    else this.frame = requestAnimationFrame((next) => this.tick(next))
  }
}
