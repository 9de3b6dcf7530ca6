import { describe, expect, it } from 'vitest'
import { FrameError, readFrame, writeFrame, type Tensor } from './frame'

const maps: Tensor = { dtype: 'float32', shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, NaN]) }
const mask: Tensor = { dtype: 'uint8', shape: [3], data: new Uint8Array([1, 0, 255]) }
const sums: Tensor = { dtype: 'float64', shape: [], data: new Float64Array([Math.PI]) }

describe('frames', () => {
  it('come back as they were written', () => {
    const { head, arrays } = readFrame(writeFrame({ id: 7, type: 'maps', note: 'größer' }, new Map([['maps', maps], ['mask', mask], ['sums', sums]])))
    expect(head).toEqual({ id: 7, type: 'maps', note: 'größer' })
    expect(arrays.get('maps')).toEqual(maps)
    expect(arrays.get('mask')).toEqual(mask)
    expect(arrays.get('sums')).toEqual(sums)
  })

  it('hold every array at a multiple of eight bytes', () => {
    for (let extra = 0; extra < 9; extra++) {
      const frame = writeFrame({ id: 1, pad: 'x'.repeat(extra) }, new Map([['mask', mask], ['sums', sums]]))
      expect(frame.byteLength % 8).toBe(0)
      expect(readFrame(frame).arrays.get('sums')?.data[0]).toBe(Math.PI)
    }
  })

  it('read what the server writes', () => {
    // write_frame('{"id": 1}', {"n": np.array([[3, -4]], np.int64)})
    const head = '{"id": 1,"arrays":[{"name":"n","dtype":"int64","shape":[1,2],"offset":0}]}'
    const bytes = new Uint8Array(Math.ceil((4 + head.length) / 8) * 8 + 16)
    new DataView(bytes.buffer).setUint32(0, head.length, true)
    bytes.set(new TextEncoder().encode(head), 4)
    new DataView(bytes.buffer).setBigInt64(bytes.length - 16, 3n, true)
    new DataView(bytes.buffer).setBigInt64(bytes.length - 8, -4n, true)
    expect([...(readFrame(bytes.buffer).arrays.get('n')?.data ?? [])]).toEqual([3, -4])
  })

  it('are refused when they are none', () => {
    expect(() => readFrame(new ArrayBuffer(2))).toThrow(FrameError)
    const long = new ArrayBuffer(16)
    new DataView(long).setUint32(0, 999, true)
    expect(() => readFrame(long)).toThrow('says that its head has 999')
    const frame = new Uint8Array(writeFrame({ id: 1 }, new Map([['maps', maps]])))
    expect(() => readFrame(frame.slice(0, frame.length - 8).buffer)).toThrow('does not lie within its frame')
  })
})
