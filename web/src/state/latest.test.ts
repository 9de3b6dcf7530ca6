import { describe, expect, it } from 'vitest'
import { ServerError, type Asked, type Asker, type Reply } from '../protocol/connection'
import type { RequestType } from '../protocol/messages'
import { Latest } from './latest.svelte'

type Open = { request: Asked<'explain'>; resolve: (reply: Reply<'explain'>) => void; reject: (error: Error) => void }

function server(): { asker: Asker; open: Open[] } {
  const open: Open[] = []
  const asker: Asker = {
    ask: <T extends RequestType>(_: T, request: Asked<T>) =>
      new Promise<Reply<T>>((resolve, reject) => open.push({ request, resolve, reject } as unknown as Open)),
  }
  return { asker, open }
}

const cell = (x: number): Asked<'explain'> => ({ network: 'n', input: 'x', layer: 'conv', channel: 0, at: [0, x] })
const answer = (): Reply<'explain'> => ({ message: {} as Reply<'explain'>['message'], arrays: new Map() })
const settled = async (): Promise<void> => { for (let i = 0; i < 5; i++) await Promise.resolve() }

describe('a question that follows the pointer', () => {
  it('asks one at a time and drops those that were overtaken', async () => {
    const { asker, open } = server()
    const latest = new Latest(asker, 'explain')
    for (let x = 0; x < 5; x++) latest.ask(cell(x))
    expect(open.map(({ request }) => request.at)).toEqual([[0, 0]])
    open[0]?.resolve(answer())
    await settled()
    expect(latest.answered).toEqual(cell(0))
    expect(open.map(({ request }) => request.at)).toEqual([[0, 0], [0, 4]])
    open[1]?.resolve(answer())
    await settled()
    expect(latest.answered).toEqual(cell(4))
    expect(open.length).toBe(2)
  })

  it('shows an error in the place of an answer, and the next answer in the place of the error', async () => {
    const { asker, open } = server()
    const latest = new Latest(asker, 'explain')
    latest.ask(cell(1))
    open[0]?.reject(new ServerError({ id: 1, type: 'error', kind: 'UnsupportedOpError', message: 'no inside', request: 'explain' }))
    await settled()
    expect(latest.failure).toEqual({ text: 'no inside', kind: 'UnsupportedOpError' })
    expect(latest.reply).toBeNull()
    latest.ask(cell(2))
    open[1]?.resolve(answer())
    await settled()
    expect(latest.failure).toBeNull()
    expect(latest.reply).not.toBeNull()
  })

  it('forgets, also what is still under way', async () => {
    const { asker, open } = server()
    const latest = new Latest(asker, 'explain')
    latest.ask(cell(1))
    latest.forget()
    open[0]?.resolve(answer())
    await settled()
    expect(latest.reply).toBeNull()
  })
})
