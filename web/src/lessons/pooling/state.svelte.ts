/** Pooling, flatten, and how far a stack of layers sees. */

import type { Arrays } from '../../protocol/connection'
import type { GrowthLayer } from '../../protocol/messages'
import { Latest } from '../../state/latest.svelte'
import { opened } from '../parts/opened'
import type { Session } from '../../state/session.svelte'

export type Stage = 'pool' | 'stack' | 'network'
export const MAP = [1, 3, 2, 1, 4, 6, 5, 0, 7, 2, 9, 8, 3, 1, 2, 4]
const GIVEN: Arrays = new Map([['x', { dtype: 'float64', shape: [1, 4, 4], data: Float64Array.from(MAP) }]])

export class Pooled {
  stage: Stage = $state('pool')
  kind: 'max' | 'average' = $state('max')
  /** The pooled cell that is pointed at. */
  pointed: number | null = $state(null)
  layers: readonly GrowthLayer[] = $state.raw([])
  /** Whether the open network is looked at. */
  looking = $state(false)
  readonly pool: Latest<'pool'>
  readonly growth: Latest<'growth'>
  readonly levels: Latest<'hierarchy'>

  constructor(readonly session: Session) {
    const { server } = session
    this.pool = new Latest({ ask: (type, request, options) => server.ask(type, request, { ...options, arrays: GIVEN }) }, 'pool')
    this.growth = new Latest(server, 'growth')
    this.levels = new Latest(server, 'hierarchy')
  }

  begin(stage: Stage): void {
    this.stage = stage
    this.kind = 'max'
    this.pointed = null
    this.layers = [{ kind: 'convolution', kernel: 3 }]
    this.looking = false
    this.levels.forget()
  }

  add(kind: 'convolution' | 'pooling'): void {
    if (this.layers.length >= 10) return
    this.layers = [...this.layers, kind === 'pooling' ? { kind, kernel: 2, stride: 2 } : { kind, kernel: 3 }]
  }

  takeOff(): void {
    if (this.layers.length > 1) this.layers = this.layers.slice(0, -1)
  }

  ask(): void {
    if (this.stage === 'pool') this.pool.ask({ kernel: [2, 2], stride: [2, 2], kind: this.kind })
    else this.growth.ask({ layers: [...this.layers] })
  }

  /** What is open, as far as there is anything. */
  get opened(): ReturnType<typeof opened> {
    return opened(this.session)
  }

  look(): void {
    if (this.looking && this.opened !== null) this.levels.ask({ ...this.opened, levels: 12 })
  }

  /** What a unit of the last layer sees. */
  get field(): number {
    const current = JSON.stringify(this.growth.answered?.layers) === JSON.stringify(this.layers)
    return current ? (this.growth.reply?.message.stages.at(-1)?.field.value ?? 0) : 0
  }
}
