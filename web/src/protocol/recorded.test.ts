import { expect, test } from 'vitest'
import { ServerError } from './connection'
import { writeFrame, type Tensor } from './frame'
import { Recorded } from './recorded'

const tensor = (dtype: Tensor['dtype'], shape: number[], data: Tensor['data']): Tensor => ({ dtype, shape, data })

function packed(frames: readonly ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(frames.reduce((sum, frame) => sum + 8 + Math.ceil(frame.byteLength / 8) * 8, 0))
  let place = 0
  for (const frame of frames) {
    new DataView(whole.buffer).setUint32(place, frame.byteLength, true)
    whole.set(new Uint8Array(frame), place + 8)
    place += 8 + Math.ceil(frame.byteLength / 8) * 8
  }
  return whole.buffer
}

const info = (first: number, count: number): object => ({ layer: 'conv', sample: 0, first, count, channels: 10, shape: [1, 2], slice: null, cell: [1, 1], reduced: '', extent: [-1, 2] })
const mapsFrame = (first: number, maps: number[], extents: number[], quantised: boolean): ArrayBuffer =>
  writeFrame(
    { id: 1, type: 'maps', version: 0, info: info(first, maps.length / 2), asked: { view: { layer: 'conv', sample: 0, first, count: 24, slice: null } }, ...(quantised ? { quantised } : {}) },
    new Map([
      ['maps', quantised ? tensor('uint8', [maps.length / 2, 1, 2], Uint8Array.from(maps)) : tensor('float32', [maps.length / 2, 1, 2], Float32Array.from(maps))],
      ['extents', tensor('float64', [maps.length / 2, 2], Float64Array.from(extents))],
    ]),
  )
const unit = (type: string, asked: object, extra: object): ArrayBuffer => writeFrame({ id: 1, type, version: 0, asked, ...extra })
const run = { network: 'n', input: 'x' }

test('an answer is found by what the question is about', async () => {
  const recorded = new Recorded(
    packed([
      unit('formula', { layer: 'conv', channel: 1, at: [2, 3], sample: 0, digits: null }, { text: 'a' }),
      unit('formula', { layer: 'conv', channel: 1, at: [2, 4], sample: 0, digits: null }, { text: 'b' }),
    ]),
  )
  expect((await recorded.ask('formula', { ...run, layer: 'conv', channel: 1, at: [2, 4], digits: 3 })).message.text).toBe('b')
  await expect(recorded.ask('formula', { ...run, layer: 'conv', channel: 2, at: [2, 4] })).rejects.toThrow('conv:2@2,4 is not in this report')
  await expect(recorded.ask('map', { ...run, layer: 'conv', channel: 1 })).rejects.toBeInstanceOf(ServerError)
})

test('what a type of question does not know is not compared', () => {
  const recorded = new Recorded(packed([unit('map', { layer: 'conv', channel: 1, sample: 0, window: null }, { shape: [] })]))
  expect(recorded.find('map', { ...run, layer: 'conv', channel: 1, ...{ at: [2, 3] } }).message.type).toBe('map')
})

test('a part of recorded maps is found in those that hold it', () => {
  const recorded = new Recorded(packed([mapsFrame(0, [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], false), mapsFrame(4, [8, 9], [8, 9], false)]))
  const ask = (first: number, count: number) => recorded.find('maps', { ...run, view: { layer: 'conv', first, count, size: { height: 9, width: 9 } } })
  const { message, arrays } = ask(1, 2)
  expect([...(arrays.get('maps')?.data ?? [])]).toEqual([2, 3, 4, 5])
  expect([...(arrays.get('extents')?.data ?? [])]).toEqual([2, 3, 4, 5])
  expect([message.info.first, message.info.count, message.info.channels]).toEqual([1, 2, 10])
  expect([...(ask(4, 1).arrays.get('maps')?.data ?? [])]).toEqual([8, 9])
  expect(() => ask(2, 3)).toThrow('conv is not in this report')
})

test('levels become numbers again: zero is exact, the extremes are themselves', () => {
  const recorded = new Recorded(packed([mapsFrame(0, [1, 128, 255, 1, 0, 64], [-4, 1, 0, 2, -1, 0], true)]))
  const { data } = recorded.find('maps', { ...run, view: { layer: 'conv', first: 0, count: 3, size: { height: 9, width: 9 } } }).arrays.get('maps') as Tensor
  expect([data[0], data[1], data[2], data[3]]).toEqual([-4, 0, 2, 0])
  expect(data[4]).toBeNaN()
  expect(data[5]).toBeCloseTo(-64 / 127, 6)
})
