/** One question that a view keeps asking with other details: the newest answer counts, an older one stays until it is there. */

import { errorText, type Asked, type Asker, type Reply } from '../protocol/connection'
import type { RequestType } from '../protocol/messages'

export class Question<T extends RequestType> {
  reply: Reply<T> | null = $state.raw(null)
  /** What the reply in hand answers. */
  answered: Asked<T> | null = $state.raw(null)
  failure: string | null = $state(null)
  waiting = $state(false)
  private stop: AbortController | null = null

  constructor(private readonly server: Asker, private readonly type: T) {}

  /** Asks; returns how to stop. */
  ask(request: Asked<T>): () => void {
    this.stop?.abort()
    const stop = (this.stop = new AbortController())
    void this.wait(request, stop)
    return () => stop.abort()
  }

  forget(): void {
    this.stop?.abort()
    this.reply = null
    this.answered = null
    this.failure = null
  }

  private async wait(request: Asked<T>, stop: AbortController): Promise<void> {
    this.waiting = true
    try {
      const reply = await this.server.ask(this.type, request, { signal: stop.signal })
      if (stop.signal.aborted) return
      this.reply = reply
      this.answered = request
      this.failure = null
    } catch (error) {
      if (stop.signal.aborted) return
      const text = errorText(error)
      if (text !== null) {
        this.reply = null
        this.failure = text
      }
    } finally {
      if (this.stop === stop) this.waiting = false
    }
  }
}
