/** A question that follows the pointer: one is under way at a time, and of those that come meanwhile only the newest is asked next. */

import { errorText, type Arrays, type Asked, type Asker, type Reply } from '../protocol/connection'
import type { RequestType } from '../protocol/messages'

/**
 * Unlike Question, whose newer requests cancel older ones, it lets the one under way finish: while the pointer moves faster than answers
 * come, what is shown follows it in steps instead of standing still.
 */
export class Latest<T extends RequestType> {
  reply: Reply<T> | null = $state.raw(null)
  /** What the reply or the failure answers. */
  answered: Asked<T> | null = $state.raw(null)
  failure: { readonly text: string; readonly kind: string } | null = $state.raw(null)
  private flying = false
  private next: { readonly request: Asked<T>; readonly arrays: Arrays | undefined } | null = null
  private wanted: Asked<T> | null = null

  constructor(private readonly server: Asker, private readonly type: T) {}

  ask(request: Asked<T>, arrays?: Arrays): void {
    this.wanted = request
    if (this.flying) this.next = { request, arrays }
    else void this.fly(request, arrays)
  }

  forget(): void {
    this.wanted = null
    this.next = null
    this.reply = null
    this.answered = null
    this.failure = null
  }

  private async fly(request: Asked<T>, arrays: Arrays | undefined): Promise<void> {
    this.flying = true
    try {
      const reply = await this.server.ask(this.type, request, arrays === undefined ? {} : { arrays })
      if (this.wanted !== null) this.land(request, reply, null)
    } catch (error) {
      const text = errorText(error)
      if (text !== null && this.wanted !== null) this.land(request, null, { text, kind: error instanceof Error && 'kind' in error ? String(error.kind) : '' })
    } finally {
      this.flying = false
      const { next } = this
      this.next = null
      if (next !== null) void this.fly(next.request, next.arrays)
    }
  }

  private land(request: Asked<T>, reply: Reply<T> | null, failure: Latest<T>['failure']): void {
    this.reply = reply
    this.answered = request
    this.failure = failure
  }
}
