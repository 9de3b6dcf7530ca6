/** Hand-crafted filters: on a few numbers, and from the bank on a picture. */

import { untrack } from 'svelte'
import type { Session } from '../../state/session.svelte'
import { Latest } from '../../state/latest.svelte'
import { opened } from '../parts/opened'
import { grid, row, Slide } from '../parts/slide.svelte'

export type Stage = 'window' | 'lines' | 'picture'
export type Shown = 'vertical' | 'horizontal' | 'all'

const VERTICAL = [0, 1, 0, 0, 1, 0, 0, 1, 0]
const HORIZONTAL = [0, 0, 0, 1, 1, 1, 0, 0, 0]
/** Adding two maps is adding their kernels. */
const BOTH = VERTICAL.map((weight, i) => weight + (HORIZONTAL[i] ?? 0))
const SIZE = 8
const at = (inside: (y: number, x: number) => boolean): number[][] => Array.from({ length: SIZE }, (_, y) => Array.from({ length: SIZE }, (_, x) => (inside(y, x) ? 1 : 0)))

export class Filters extends Slide {
  stage: Stage = $state('window')
  shown: Shown = $state('vertical')
  kernel = $state('identity')
  /** Whether the picture is the one that is open in the studio. */
  own = $state(false)
  tried: readonly string[] = $state.raw([])
  /** What the kernels that were tried are, in this step: "blur", "edge detector" ... */
  kinds: ReadonlySet<string> = $state.raw(new Set())
  readonly picture: Latest<'slide'>

  constructor(readonly session: Session) {
    super(session)
    this.picture = new Latest(session.server, 'slide')
  }

  spike(): void {
    this.stage = 'window'
    this.set(row(0, 0, 0, 1, 1, 0, 0, 0), row(0, 1, 0))
  }

  line(): void {
    this.stage = 'window'
    this.set(grid(...at((_, x) => x === 3 || x === 4)), grid([0, 1, 0], [0, 1, 0], [0, 1, 0]))
  }

  lines(): void {
    this.stage = 'lines'
    this.shown = 'vertical'
    const cross = grid(...at((y, x) => x === 2 || y === 5))
    this.set(cross, { shape: [3, 1, 3, 3], values: [...VERTICAL, ...HORIZONTAL, ...BOTH] })
  }

  photo(): void {
    this.stage = 'picture'
    this.kernel = 'identity'
    this.tried = []
    this.kinds = new Set()
  }

  tryOut(kernel: string): void {
    this.kernel = kernel
    this.tried = [...new Set([...this.tried, kernel])]
  }

  /** Whether it is to be about what is open, and nothing is. */
  get missing(): boolean {
    return this.own && opened(this.session) === null
  }

  /** Notes what the kernel in hand is, once that is answered. */
  learn(): void {
    const { reply, answered } = this.picture
    if (reply === null || answered?.kernel !== this.kernel || !this.tried.includes(this.kernel)) return
    const { kind } = reply.message
    if (!untrack(() => this.kinds).has(kind)) this.kinds = new Set([...untrack(() => this.kinds), kind])
  }

  /** The open input that is filtered; null where it is another picture. */
  get open(): string | null {
    return this.own ? (opened(this.session)?.input ?? null) : null
  }

  askPicture(): void {
    if (!this.missing) this.picture.ask({ kernel: this.kernel, ...(this.own ? opened(this.session) : null) })
  }
}
