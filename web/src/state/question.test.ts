import { describe, expect, it } from 'vitest'
import { FakeServer } from './fake'
import { Question } from './question.svelte'

const request = { network: 'n', input: 'x', layer: 'conv', channel: 0 }

describe('a question', () => {
  it('takes only the newest answer, and keeps the old one until then', async () => {
    const server = new FakeServer()
    const question = new Question(server, 'contributors')
    question.ask(request)
    await server.last('contributors').answer({ total: 1 })
    expect(question.reply?.message.total).toBe(1)
    question.ask({ ...request, channel: 1 })
    const second = server.last('contributors')
    question.ask({ ...request, channel: 2 })
    expect(second.signal?.aborted).toBe(true)
    expect(question.reply?.message.total).toBe(1)
    await server.last('contributors').answer({ total: 3 })
    expect([question.reply?.message.total, question.answered?.channel]).toEqual([3, 2])
  })

  it('says what went wrong, in the words of the error', async () => {
    const server = new FakeServer()
    const question = new Question(server, 'contributors')
    question.ask(request)
    await server.last('contributors').fail(new Error('no such channel'))
    expect([question.failure, question.reply, question.waiting]).toEqual(['no such channel', null, false])
  })

  it('forgets', async () => {
    const server = new FakeServer()
    const question = new Question(server, 'contributors')
    question.ask(request)
    const asked = server.last('contributors')
    question.forget()
    await asked.answer({ total: 1 })
    expect(question.reply).toBeNull()
  })
})
