import { expect, it, vi } from 'vitest'
import type { BenchState } from '../../protocol/messages'
import { ConnectionLost, ServerError } from '../../protocol/connection'
import { FakeServer } from '../fake'
import { Bench } from './bench.svelte'
import { tensorOf, type Setup } from './setup'

const state: BenchState = { rank: 1, source: 'own', names: [''], taps: [3], stride: [1] }
const setup: Setup = { state, weight: tensorOf([1, 1, 3], [1, 0, -1]), input: tensorOf([1, 5], [1, 2, 3, 4, 5]) }

/** Answers the newest question about a state, as the server does. */
async function answer(server: FakeServer, counts = [3], filled: Partial<BenchState> = {}): Promise<BenchState> {
  const call = server.last('bench')
  const asked = (call.request as { state: BenchState }).state
  const geometry = { kernel: [3], stride: [1], dilation: [1], pads: [[0, 0]], spread: [1], lengths: [5], counts, flipped: false }
  const message = { type: 'bench', state: { ...asked, ...filled }, key: '', input_shape: [1, 5], input_first: 0, input_extent: [1, 5], output_shape: [1, ...counts], output_extent: [0, 1], sizes: [], geometry, meets: [], words: [] }
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

it('comes back with what the server filled in', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, { ...setup, state: { rank: 1, source: 'own', names: [''] } })
  await answer(server, [3], { stride: [1], dilation: [1] })
  bench.change({ groups: 4 }, 'groups')
  await server.last('bench').fail(new ServerError({ kind: 'ParameterError', message: 'does not divide' } as never))
  expect(bench.wanted.state).toMatchObject({ stride: [1], dilation: [1] })
  expect(bench.wanted.state.groups).toBeUndefined()
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

it('says when another state altogether has come, once', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, setup)
  await answer(server)
  bench.change({ bias: 1 })
  await answer(server)
  expect([bench.leaps, bench.leaping]).toEqual([0, false])
  bench.show({ ...setup, state: { ...state, stride: [2] } })
  bench.go([2])
  expect([bench.leaping, bench.at]).toEqual([true, []])
  bench.change({ relu: true })
  await answer(server)
  expect(bench.leaping).toBe(true)
  await answer(server)
  expect([bench.leaps, bench.leaping]).toEqual([1, false])
  bench.show({ ...setup, state: { ...state, stride: [9] } })
  await server.last('bench').fail(new ServerError({ kind: 'ShapeError', message: 'too wide' } as never))
  expect([bench.leaps, bench.leaping, bench.failure?.text]).toEqual([1, false, 'too wide'])
})

it('asks again for what the server was gone for', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, setup)
  await answer(server)
  bench.change({ bias: 7 })
  await server.last('bench').fail(new ConnectionLost('gone'))
  expect([bench.failure, bench.wanted.state.bias, bench.made?.state.bias]).toEqual([null, 7, undefined])
  bench.resume()
  expect((await answer(server)).bias).toBe(7)
  expect(bench.made?.state.bias).toBe(7)
  const count = server.calls.filter(({ type }) => type === 'bench').length
  bench.resume()
  expect(server.calls.filter(({ type }) => type === 'bench')).toHaveLength(count)
})

it('goes on with the weights of a kernel of the bank that was cut', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, { ...setup, state: { ...state, names: ['sobel'] }, weight: null })
  await answer(server)
  expect(bench.wanted.weight).toBeNull()
  bench.change({ taps: [2], names: ['sobel'] })
  const call = server.last('bench')
  const cut = { ...(call.request as { state: BenchState }).state, names: [''] }
  await answer(server, [3], cut)
  bench.change({ stride: [2] })
  expect([bench.wanted.state.names, [...(bench.wanted.weight?.data ?? [])]]).toEqual([[''], [1, 0, -1]])
})

it('says that it is busy when an answer takes long', async () => {
  vi.useFakeTimers()
  const server = new FakeServer()
  const bench = new Bench(server, setup)
  vi.advanceTimersByTime(299)
  expect(bench.busy).toBe(false)
  vi.advanceTimersByTime(2)
  expect(bench.busy).toBe(true)
  vi.useRealTimers()
  await answer(server)
  expect(bench.busy).toBe(false)
})

it('keeps in sight a map that there is', async () => {
  const server = new FakeServer()
  const many = { ...state, rank: 2, source: 'house', names: ['sobel', 'box', 'box', 'box'] }
  const bench = new Bench(server, { state: many, weight: null, input: null }, { filter: 3, at: [0, 0] })
  await answer(server, [2, 2])
  bench.change({ operation: 'max_pool', names: [] })
  expect(bench.filter).toBe(0)
  bench.change({ operation: 'convolution', names: ['sobel', 'box'] })
  bench.showMap(-1)
  bench.change({ relu: true })
  expect(bench.filter).toBe(-1)
  bench.setFilters(1)
  expect(bench.filter).toBe(0)
})

it('asks for as many cells as there is room for, and again once that is another number', async () => {
  const server = new FakeServer()
  const bench = new Bench(server, { state: { rank: 2, source: 'house', names: ['sobel'] }, weight: null, input: null })
  const asked = (): { size: unknown; seek: boolean } => server.last('bench').request as { size: unknown; seek: boolean }
  const count = (): number => server.calls.filter(({ type }) => type === 'bench').length
  const two = (value: number): number[] => [value, value]
  const land = async (cell: number): Promise<void> => {
    const geometry = { kernel: two(1), stride: two(1), dilation: two(1), pads: [two(0), two(0)], spread: two(1), lengths: two(100), counts: two(100), flipped: false }
    const message = { type: 'bench', state: bench.wanted.state, key: 'house', input_shape: [1, 100, 100], input_first: 0, input_extent: [0, 1], input_cell: cell, output_shape: [1, 100, 100], output_extent: [0, 1], cell, start: asked().seek ? [7, 8] : null, sizes: [], geometry, meets: [], words: [] }
    const side = Math.ceil(100 / cell)
    const plane = tensorOf([side, side], new Float64Array(side * side))
    await server.last('bench').answer(message, new Map([['input', { ...plane, shape: [1, side, side] }], ['output', plane], ['extents', tensorOf([1, 2], [0, 1])]]))
  }
  expect(asked()).toMatchObject({ size: null, seek: true })
  bench.fit({ height: 50, width: 40 })
  expect(count()).toBe(1) // one at a time
  await land(1)
  expect(bench.at).toEqual([7, 8])
  expect([count(), asked().size, asked().seek]).toEqual([2, { height: 50, width: 40 }, false])
  await land(3)
  expect(count()).toBe(2)
  bench.fit({ height: 45, width: 38 }) // three in one still
  expect(count()).toBe(2)
  bench.fit({ height: 200, width: 200 })
  expect(count()).toBe(3)
  await land(1)
  expect(count()).toBe(3)
})
