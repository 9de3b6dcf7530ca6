import { expect, test } from 'vitest'
import { CommSocket, type CommModel } from './comm'
import { Connection } from './connection'
import { readFrame, writeFrame } from './frame'

type Listener = (content: unknown, buffers: readonly DataView[]) => void

/** A comm whose other end is this test. */
class Comm implements CommModel {
  readonly sent: { content: object; buffers: readonly ArrayBuffer[] }[] = []
  private readonly listeners = new Set<Listener>()
  get = (): unknown => undefined
  set = (): void => {}
  save_changes = (): void => {}
  send(content: object, _: undefined, buffers: readonly ArrayBuffer[]): void {
    this.sent.push({ content, buffers })
  }
  on(_: string, listener: Listener): void {
    this.listeners.add(listener)
  }
  off(_: string, listener: Listener): void {
    this.listeners.delete(listener)
  }
  say(content: unknown, frame: ArrayBuffer): void {
    // As Jupyter does it: a view into a larger message, wherever the frame lies in it.
    const whole = new Uint8Array(frame.byteLength + 3)
    whole.set(new Uint8Array(frame), 3)
    for (const listener of this.listeners) listener(content, [new DataView(whole.buffer, 3)])
  }
}

test('frames go both ways, and those of another view are not taken', async () => {
  const comm = new Comm()
  const socket = new CommSocket(comm, 'one')
  const connection = new Connection(() => socket)
  const opened = new Promise<void>((resolve) => (connection.onstatus = (status) => status === 'open' && resolve()))
  connection.connect()
  await opened
  const answer = connection.ask('formula', { network: 'n', input: 'x', layer: 'conv', channel: 1 })
  const [, question] = comm.sent
  const head = readFrame(question?.buffers[0] as ArrayBuffer).head
  expect(head).toMatchObject({ type: 'formula', layer: 'conv' })
  const said = (text: string): ArrayBuffer => writeFrame({ id: head['id'], type: 'formula', version: 0, text })
  comm.say({ tab: 'another' }, said('wrong'))
  comm.say({ tab: 'one' }, said('right'))
  expect((await answer).message.text).toBe('right')
  socket.close()
  socket.send(said('too late'))
  expect(comm.sent.map(({ content }) => (content as { what: string }).what)).toEqual(['open', 'frame', 'close'])
})
