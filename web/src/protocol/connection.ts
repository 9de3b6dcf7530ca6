/** The tab's WebSocket: requests and answers by id, progress, cancel, and coming back after a loss. */

import { readFrame, writeFrame, type Tensor } from './frame'
import type { Answer, Answers, Failure, LibraryNotice, Notice, Progress, Requests, RequestType } from './messages'

export type Arrays = ReadonlyMap<string, Tensor>
export type Reply<T extends RequestType> = { readonly message: Answers[T]; readonly arrays: Arrays }
export type Asked<T extends RequestType> = Omit<Requests[T], 'id' | 'type'>
export type Options = { signal?: AbortSignal; arrays?: Arrays; progress?: (report: Progress) => void }
export type Status = 'connecting' | 'open' | 'lost'

/** What a view needs to ask the server: the connection, or a stand-in in a test. */
export interface Asker {
  ask<T extends RequestType>(type: T, request: Asked<T>, options?: Options): Promise<Reply<T>>
}

/** What went wrong, in the words of the Python error. */
export class ServerError extends Error {
  readonly kind: string
  constructor({ kind, message }: Failure) {
    super(message)
    this.kind = kind
  }
}

/** The answer is no longer wanted: overtaken by a newer request, or cancelled. Nothing to show. */
export class Unwanted extends Error {}

/** The server is gone. */
export class ConnectionLost extends Error {}

/** The message of an error that should be shown; null for one that is no news. */
export function errorText(error: unknown): string | null {
  if (error instanceof Unwanted || error instanceof ConnectionLost) return null
  return error instanceof Error ? error.message : String(error)
}

type Waiting = { resolve: (reply: { message: Answers[RequestType]; arrays: Arrays }) => void; reject: (reason: Error) => void; progress: Options['progress'] }
/** A WebSocket, or what stands in for one. */
export type Socket = { readonly readyState: number; send(data: ArrayBuffer): void; binaryType: string; onopen: unknown; onclose: unknown; onmessage: unknown }

const LONGEST_PAUSE = 4000
const NOTICES: readonly Notice['type'][] = ['progress', 'error', 'cancelled', 'dropped', 'library']

export class Connection implements Asker {
  onstatus: (status: Status) => void = () => {}
  onlibrary: (notice: LibraryNotice) => void = () => {}
  private socket: Socket | null = null
  private readonly waiting = new Map<number, Waiting>()
  private last = 0
  private pause = 250

  constructor(private readonly open: () => Socket) {}

  connect(): void {
    this.onstatus('connecting')
    const socket = this.open()
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.pause = 250
      this.onstatus('open')
    }
    socket.onmessage = ({ data }: { data: ArrayBuffer }) => this.receive(data)
    socket.onclose = () => this.lose()
    this.socket = socket
  }

  ask<T extends RequestType>(type: T, request: Asked<T>, { signal, arrays, progress }: Options = {}): Promise<Reply<T>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Unwanted('cancelled'))
      if (this.socket?.readyState !== 1) return reject(new ConnectionLost('not connected'))
      const id = ++this.last
      // The server answers a request by its type or by a notice; `receive` has sorted the notices out.
      this.waiting.set(id, { resolve: (reply) => resolve(reply as Reply<T>), reject, progress })
      this.socket.send(writeFrame({ ...request, type, id }, arrays))
      signal?.addEventListener('abort', () => this.cancel(id), { once: true })
    })
  }

  private cancel(target: number): void {
    const waiting = this.waiting.get(target)
    if (waiting === undefined) return
    this.waiting.delete(target)
    waiting.reject(new Unwanted('cancelled'))
    this.socket?.send(writeFrame({ type: 'cancel', id: ++this.last, target }))
  }

  private receive(data: ArrayBuffer): void {
    const { head, arrays } = readFrame(data)
    const message = head as unknown as Answer
    if (!isNotice(message)) {
      this.take(message.id)?.resolve({ message, arrays })
    } else if (message.type === 'library') {
      this.onlibrary(message)
    } else if (message.type === 'progress') {
      this.waiting.get(message.id)?.progress?.(message)
    } else {
      this.take(message.id)?.reject(message.type === 'error' ? new ServerError(message) : new Unwanted(message.type))
    }
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    return waiting
  }

  private lose(): void {
    this.socket = null
    for (const { reject } of this.waiting.values()) reject(new ConnectionLost('the server is gone'))
    this.waiting.clear()
    this.onstatus('lost')
    setTimeout(() => this.connect(), this.pause)
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE)
  }
}

function isNotice(message: Answer): message is Notice {
  return (NOTICES as readonly string[]).includes(message.type)
}

/** The WebSocket of this page's own server. */
export function ownSocket(): WebSocket {
  return new WebSocket(`${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/ws`)
}
