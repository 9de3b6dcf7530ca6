import { describe, expect, it } from 'vitest'
import type { Tensor } from '../protocol/frame'
import { FakeServer } from './fake'
import { mapsOf, MapStore } from './maps.svelte'

const run = { network: 'n', input: 'x', version: 0 }
const view = { layer: 'conv', first: 4, count: 2, size: { height: 2, width: 2 } }
const info = { layer: 'conv', sample: 0, first: 4, count: 2, channels: 8, shape: [2, 2] as [number, number], slice: null, cell: [1, 1], reduced: '' as const, extent: [-1, 'NaN'] as [number, 'NaN'] }
const arrays = new Map<string, Tensor>([
  ['maps', { dtype: 'float32', shape: [2, 2, 2], data: new Float32Array([0, 1, 2, 3, 4, 5, 6, 7]) }],
  ['extents', { dtype: 'float64', shape: [2, 2], data: new Float64Array([0, 3, 4, 7]) }],
])

describe('maps', () => {
  it('are the numbers of their channels', () => {
    const maps = mapsOf(info, arrays)
    expect([...maps.data(1)]).toEqual([4, 5, 6, 7])
    expect(maps.extent(1)).toEqual({ min: 4, max: 7 })
    expect(maps.layer.min).toBe(-1)
    expect(maps.band(0)).toBeNull()
    expect(() => mapsOf(info, new Map())).toThrow('the answer for conv has no maps')
  })

  it('are asked for once, whoever holds them', async () => {
    const server = new FakeServer()
    const store = new MapStore(server)
    const [first, second] = [store.hold(run, view), store.hold(run, view)]
    expect(server.calls.length).toBe(1)
    await server.last('maps').answer({ info, version: 0 }, arrays)
    expect(first.entry).toBe(second.entry)
    expect(first.entry.maps?.info.count).toBe(2)
    expect(store.has(run, view)).toBe(true)
    expect(store.has({ ...run, version: 1 }, view)).toBe(false)
  })

  it('are no longer wanted when all have let go before they came', async () => {
    const server = new FakeServer()
    const store = new MapStore(server)
    const [first, second] = [store.hold(run, view), store.hold(run, view)]
    first.release()
    expect(server.last('maps').signal?.aborted).toBe(false)
    second.release()
    expect(server.last('maps').signal?.aborted).toBe(true)
    expect(store.has(run, view)).toBe(false)
  })

  it('say what went wrong, and are asked for again', async () => {
    const server = new FakeServer()
    const store = new MapStore(server)
    const held = store.hold(run, view)
    await server.last('maps').fail(new Error('no layer conv'))
    expect(held.entry.failure).toBe('no layer conv')
    store.hold(run, view)
    expect(server.calls.length).toBe(2)
  })
})
