/** A stand-in for the server in tests: answers when it is told to. */

import { Unwanted, type Arrays, type Asked, type Asker, type Options, type Reply } from '../protocol/connection'
import type { Answers, RequestType } from '../protocol/messages'

export type Call = { readonly type: RequestType; readonly request: object; readonly signal: AbortSignal | undefined; answer: (message: object, arrays?: Arrays) => Promise<void>; fail: (error: Error) => Promise<void> }

export class FakeServer implements Asker {
  readonly calls: Call[] = []

  ask<T extends RequestType>(type: T, request: Asked<T>, { signal }: Options = {}): Promise<Reply<T>> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Unwanted('cancelled')))
      this.calls.push({
        type,
        request,
        signal,
        answer: async (message, arrays = new Map()) => {
          resolve({ message: message as Answers[T], arrays })
          await settled()
        },
        fail: async (error) => {
          reject(error)
          await settled()
        },
      })
    })
  }

  /** The newest request of a type. */
  last(type: RequestType): Call {
    const call = this.calls.findLast((other) => other.type === type)
    if (call === undefined) throw new Error(`nobody asked for ${type}`)
    return call
  }
}

/** All that was waiting for what has just been answered has run. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
