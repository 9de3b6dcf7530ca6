import { expect, it } from 'vitest'
import { ConnectionLost, ServerError } from '../../protocol/connection'
import { FakeServer } from '../fake'
import { Declared } from './declared.svelte'

const TEXT = 'nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten())'
const refusal = (message: string): ServerError => new ServerError({ kind: 'DeclarationError', message } as never)

/** Answers a question as the server does: with the layer that was asked for, or the last. */
async function answer(server: FakeServer, rows = 3, call = server.last('bench_declare')): Promise<void> {
  const { layer } = call.request as { layer: number }
  await call.answer({ type: 'bench_declare', stack: { rows: Array.from({ length: rows }, () => ({})) }, layer: Math.min(layer, rows - 1) })
}

async function explained(server: FakeServer): Promise<Declared> {
  const declared = new Declared(server)
  declared.text = TEXT
  declared.shape = '1x9x9'
  void declared.explain()
  await answer(server)
  return declared
}

it('explains what stands in the fields, and that is a step', async () => {
  const server = new FakeServer()
  const declared = await explained(server)
  expect(server.last('bench_declare').request).toEqual({ text: TEXT, shape: '1x9x9', layer: 0 })
  expect(declared.asked).toEqual({ text: TEXT, shape: '1x9x9', layer: 0 })
  expect([declared.steps, declared.asking]).toEqual([1, false])
})

it('chooses at once, is told later, and of several choices the last one counts', async () => {
  const server = new FakeServer()
  const declared = await explained(server)
  void declared.choose(1)
  const first = server.last('bench_declare')
  void declared.choose(9)
  expect(declared.layer).toBe(2)
  await answer(server)
  await answer(server, 3, first)
  expect([declared.layer, declared.answer?.layer, declared.asked?.layer]).toEqual([2, 2, 2])
  expect(declared.steps).toBe(1)
})

it('keeps the layer where the same is explained again, and begins with the first of another text', async () => {
  const server = new FakeServer()
  const declared = await explained(server)
  void declared.choose(2)
  await answer(server)
  void declared.explain()
  await answer(server)
  expect([declared.layer, declared.steps]).toEqual([2, 1])
  declared.text = `${TEXT}\nnn.ReLU()`
  void declared.explain()
  await answer(server, 4)
  expect([declared.layer, declared.steps]).toEqual([0, 2])
})

it('says at which field something is wrong', async () => {
  const server = new FakeServer()
  const declared = await explained(server)
  declared.shape = '1x2x2'
  void declared.explain()
  await server.last('bench_declare').fail(refusal('layer 1 of 3, nn.Conv2d(1, 2, 3): too small'))
  expect(server.last('bench_declare').request).toMatchObject({ shape: '' })
  await answer(server)
  expect(declared.wrong).toEqual({ field: 'shape', text: 'layer 1 of 3, nn.Conv2d(1, 2, 3): too small' })
  expect([declared.answer, declared.asked]).toEqual([null, null])
  declared.shape = ''
  declared.text = 'nn.Conv2d('
  void declared.explain()
  await server.last('bench_declare').fail(refusal('not a Python call'))
  expect(declared.wrong?.field).toBe('line')
  expect([declared.text, declared.asking]).toEqual(['nn.Conv2d(', false])
})

it('asks anew when the server is back', async () => {
  const server = new FakeServer()
  const declared = await explained(server)
  void declared.choose(1)
  await server.last('bench_declare').fail(new ConnectionLost('gone'))
  expect(declared.wrong).toBeNull()
  expect(declared.answer).not.toBeNull()
  declared.resume()
  await answer(server)
  expect(declared.answer?.layer).toBe(1)
  const { length } = server.calls
  declared.resume()
  expect(server.calls).toHaveLength(length)
})

it('shows what an address says, which is no step, and nothing', async () => {
  const server = new FakeServer()
  const declared = new Declared(server)
  void declared.show({ text: TEXT, shape: '', layer: 7 })
  await answer(server)
  expect([declared.text, declared.layer, declared.steps]).toEqual([TEXT, 2, 0])
  void declared.choose(1)
  void declared.show(null)
  await answer(server)
  expect([declared.answer, declared.asked, declared.asking]).toEqual([null, null, false])
})
