import { expect, it } from 'vitest'
import type { BenchState } from '../../protocol/messages'
import { ServerError } from '../../protocol/connection'
import { FakeServer } from '../fake'
import { Bench } from './bench.svelte'
import { tensorOf, type Setup } from './setup'

const state: BenchState = { rank: 1, source: 'own', names: [''], taps: [3], stride: [1] }
const setup: Setup = { state, weight: tensorOf([1, 1, 3], [1, 0, -1]), input: tensorOf([1, 5], [1, 2, 3, 4, 5]) }

/** Answers the newest question about a state, as the server does. */
async function answer(server: FakeServer, counts = [3]): Promise<BenchState> {
  const call = server.last('bench')
  const asked = (call.request as { state: BenchState }).state
  const geometry = { kernel: [3], stride: [1], dilation: [1], pads: [[0, 0]], spread: [1], lengths: [5], counts, flipped: false }
  const message = { type: 'bench', state: asked, key: '', input_shape: [1, 5], input_first: 0, input_extent: [1, 5], output_shape: [1, ...counts], output_extent: [0, 1], sizes: [], geometry, meets: [], words: [] }
  const weight = setup.weight ?? tensorOf([1, 1, 3], [0, 0, 0])
  await call.answer(message, new Map([['input', tensorOf([1, 5], [1, 2, 3, 4, 5])], ['output', tensorOf(counts, counts.length === 1 ? [-2, -2, -2].slice(0, counts[0]) : [])], ['extents', tensorOf([1, 2], [-2, -2])], ['weight', weight]]))
  return asked
}

it('asks one at a time, and of changes that come meanwhile only the last', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, setup)
  for (const value of [2, 3, 4]) bench.change({ bias: value })
  expect(server.calls.filter(({ type }) => type === 'bench')).toHaveLength(1)
  await answer(server)
  expect(server.calls.filter(({ type }) => type === 'bench')).toHaveLength(2)
  expect((await answer(server)).bias).toBe(4)
  expect(bench.made?.state.bias).toBe(4)
})

it('comes back to what was possible, and says at which control what was not', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, setup)
  await answer(server)
  bench.change({ dilation: [3] }, 'dilation')
  await server.last('bench').fail(new ServerError({ kind: 'ShapeError', message: 'too wide' } as never))
  expect(bench.failure).toEqual({ field: 'dilation', text: 'too wide' })
  expect(bench.wanted.state.dilation).toBeUndefined()
  bench.change({ bias: 1 }, 'bias')
  await answer(server)
  expect(bench.failure).toBeNull()
})

it('edits a weight of its own, and leaves its name', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, { ...setup, state: { ...state, names: ['derivative'] }, weight: null })
  await answer(server)
  bench.setWeight(1, 0.5)
  expect(bench.wanted.state.names).toEqual([''])
  expect([...(bench.wanted.weight?.data ?? [])]).toEqual([1, 0.5, -1])
})

it('keeps the window on the output, whatever becomes of that', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, setup, { filter: 0, at: [2] })
  await answer(server)
  expect(bench.at).toEqual([2])
  bench.move(5)
  expect(bench.at).toEqual([2])
  bench.change({ stride: [2] }, 'stride')
  await answer(server, [2])
  expect(bench.at).toEqual([1])
  bench.go([-4])
  expect([bench.at, bench.step, bench.count]).toEqual([[0], 0, 2])
})
