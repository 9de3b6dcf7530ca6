import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection, ConnectionLost, errorText, ServerError, Unwanted } from './connection'
import { readFrame, writeFrame } from './frame'

class FakeSocket {
  readyState = 1
  binaryType = ''
  onopen: unknown = null
  onclose: unknown = null
  onmessage: unknown = null
  sent: Record<string, unknown>[] = []
  send(data: ArrayBuffer): void {
    this.sent.push(readFrame(data).head)
  }
  close(): void {
    this.readyState = 3
    ;(this.onclose as () => void)()
  }
  say(head: object): void {
    ;(this.onmessage as (event: { data: ArrayBuffer }) => void)({ data: writeFrame(head) })
  }
}

describe('the connection', () => {
  let socket: FakeSocket
  let connection: Connection
  beforeEach(() => {
    vi.useFakeTimers()
    connection = new Connection(() => (socket = new FakeSocket()))
    connection.connect()
  })

  it('gives each request its own answer, in any order', async () => {
    const first = connection.ask('samples', {})
    const second = connection.ask('network', { network: 'edges' })
    expect(socket.sent.map(({ type, id }) => [type, id])).toEqual([['samples', 1], ['network', 2]])
    socket.say({ type: 'network', id: 2, name: 'edges', layers: [] })
    socket.say({ type: 'samples', id: 1, samples: [] })
    expect((await first).message.samples).toEqual([])
    expect((await second).message.name).toBe('edges')
  })

  it('reports progress, and what went wrong in the words of the server', async () => {
    const reports: string[] = []
    const asked = connection.ask('open_network', { sample: 'x' }, { progress: ({ what }) => reports.push(what) })
    socket.say({ type: 'progress', id: 1, what: 'compiling kernels', done: 1, total: 2 })
    socket.say({ type: 'error', id: 1, kind: 'ShapeError', message: 'input has 3 channels', request: 'open_network' })
    const error = await asked.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ServerError)
    expect(errorText(error)).toBe('input has 3 channels')
    expect(reports).toEqual(['compiling kernels'])
  })

  it('cancels on the server too, and never shows what nobody wants', async () => {
    const stop = new AbortController()
    const asked = connection.ask('samples', {}, { signal: stop.signal })
    stop.abort()
    const error = await asked.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Unwanted)
    expect(errorText(error)).toBeNull()
    expect(socket.sent[1]).toMatchObject({ type: 'cancel', target: 1 })
    const overtaken = connection.ask('samples', {})
    socket.say({ type: 'dropped', id: 3 })
    await expect(overtaken).rejects.toBeInstanceOf(Unwanted)
  })

  it('comes back after a loss', async () => {
    const statuses: string[] = []
    connection.onstatus = (status) => statuses.push(status)
    const asked = connection.ask('samples', {})
    socket.close()
    await expect(asked).rejects.toBeInstanceOf(ConnectionLost)
    vi.advanceTimersByTime(300)
    ;(socket.onopen as () => void)()
    expect(statuses).toEqual(['lost', 'connecting', 'open'])
  })
})
