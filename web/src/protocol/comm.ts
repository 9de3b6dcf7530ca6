/** A notebook's comm in place of a WebSocket: the same frames, as buffers of custom messages. */

import type { Socket } from './connection'

/** What anywidget hands to a widget, as far as it is used here. */
export interface CommModel {
  get(name: string): unknown
  set(name: string, value: unknown): void
  save_changes(): void
  send(content: object, callbacks: undefined, buffers: readonly ArrayBuffer[]): void
  on(event: string, listener: (content: unknown, buffers: readonly DataView[]) => void): void
  off(event: string, listener: (content: unknown, buffers: readonly DataView[]) => void): void
}

/** One view's way to the kernel; several views of a widget share its comm, so that each says who it is. */
export class CommSocket implements Socket {
  binaryType = 'arraybuffer'
  readyState = 0
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((message: { data: ArrayBuffer }) => void) | null = null
  private readonly listener = (content: unknown, buffers: readonly DataView[]): void => this.receive(content, buffers)

  constructor(private readonly model: CommModel, private readonly tab: string) {
    model.on('msg:custom', this.listener)
    // As a WebSocket: whoever makes it hears of it afterwards.
    queueMicrotask(() => {
      this.readyState = 1
      this.model.send({ tab: this.tab, what: 'open' }, undefined, [])
      this.onopen?.()
    })
  }

  send(frame: ArrayBuffer): void {
    // Views that go away take their requests back; by then nobody listens any more.
    if (this.readyState === 1) this.model.send({ tab: this.tab, what: 'frame' }, undefined, [frame])
  }

  close(): void {
    if (this.readyState !== 1) return
    this.readyState = 3
    this.model.off('msg:custom', this.listener)
    this.model.send({ tab: this.tab, what: 'close' }, undefined, [])
  }

  private receive(content: unknown, buffers: readonly DataView[]): void {
    if (typeof content !== 'object' || content === null || (content as { tab?: unknown }).tab !== this.tab) return
    const [frame] = buffers
    if (frame === undefined) return
    // A copy: arrays of a frame lie at multiples of eight from its own beginning.
    const data = new Uint8Array(frame.byteLength)
    data.set(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength))
    this.onmessage?.({ data: data.buffer })
  }
}
