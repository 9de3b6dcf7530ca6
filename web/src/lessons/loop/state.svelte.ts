/** The hand-written loop, at one of its steps. */

import type { Arrays } from '../../protocol/connection'
import type { Tensor } from '../../protocol/frame'
import type { LoopMoment } from '../../protocol/messages'
import { Latest } from '../../state/latest.svelte'
import type { Session } from '../../state/session.svelte'
import { reducedMotion } from '../../state/theme.svelte'

export type Library = 'striate' | 'pytorch' | 'keras'

const ROWS = [9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8]
const tensor = (shape: readonly number[], values: readonly number[]): Tensor => ({ dtype: 'float64', shape, data: Float64Array.from(values) })
const INPUTS: Record<1 | 2, Arrays> = {
  1: new Map([['x', tensor([5], [1, 2, 3, 4, 5])], ['kernel', tensor([3], [1, 0, -1])]]),
  2: new Map([['x', tensor([4, 4], ROWS)], ['kernel', tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])]]),
}

export class Loop {
  rank: 1 | 2 = $state(1)
  stride = $state(1)
  padding = $state(0)
  dilation = $state(1)
  index = $state(0)
  playing = $state(false)
  library: Library = $state('striate')
  /** Steps that were gone back at a stretch, and the libraries that were looked at. */
  back = $state(0)
  looked: readonly Library[] = $state.raw([])
  readonly found: Latest<'loop'>
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor({ server }: Session) {
    this.found = new Latest({ ask: (type, request, options) => server.ask(type, request, { ...options, arrays: this.given }) }, 'loop')
  }

  get given(): Arrays {
    return INPUTS[this.rank]
  }

  readonly steps: readonly LoopMoment[] = $derived.by(() => this.found.reply?.message.steps ?? [])
  readonly last: number = $derived.by(() => Math.max(this.steps.length - 1, 0))
  readonly moment: LoopMoment | null = $derived.by(() => this.steps[Math.min(this.index, this.last)] ?? null)
  /** The first step after which a number stands in the output. */
  readonly written: number = $derived.by(() => {
    const lines = this.found.reply?.message.lines ?? []
    return this.steps.findIndex(({ line }) => lines[line - 1]?.trim().startsWith('y[') === true)
  })

  set(rank: 1 | 2): void {
    this.stop()
    Object.assign(this, { rank, stride: 1, padding: 0, dilation: 1, index: 0, back: 0, library: 'striate' })
    this.looked = []
  }

  ask(): void {
    this.found.ask({ stride: this.stride, padding: this.padding, dilation: this.dilation, lane: this.lane })
  }

  /** Whether the steps in hand are of the loop that is set. */
  get current(): boolean {
    const { answered } = this.found
    return answered?.lane === this.lane && answered.stride === this.stride && answered.padding === this.padding && answered.dilation === this.dilation
  }

  private get lane(): string {
    return `loop of ${this.rank} axes`
  }

  go(to: number): void {
    if (!this.current) return
    const bounded = Math.min(Math.max(to, 0), this.last)
    this.back = bounded < this.index ? this.back + this.index - bounded : 0
    this.index = bounded
  }

  change(options: Partial<Pick<Loop, 'stride' | 'padding' | 'dilation'>>): void {
    Object.assign(this, options)
    this.index = 0
  }

  look(library: Library): void {
    this.library = library
    this.looked = [...this.looked, library]
  }

  toggle(): void {
    if (this.playing) return this.stop()
    if (this.index === this.last) this.index = 0
    this.playing = true
    this.advance()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.playing = false
  }

  private advance(): void {
    this.timer = setTimeout(() => {
      this.go(this.index + 1)
      if (this.index < this.last) this.advance()
      else this.stop()
    }, reducedMotion() ? 400 : 160)
  }
}
