import { describe, expect, it } from 'vitest'
import { drawnShape, mapCount, mapShape, MIDDLE, sliceOf } from './views'

const volume = { line: '', channels: 4, spatial: [9, 20, 24] }
const signal = { line: 'taken as one signal', channels: 16000, spatial: [] }

describe('maps of a layer', () => {
  it('are its channels, or one line over them', () => {
    expect([mapCount(volume), mapCount(signal)]).toEqual([4, 1])
    expect([mapShape(volume), mapShape(signal)]).toEqual([[9, 20, 24], [16000]])
  })
  it('show one plane of a volume, at the same share of every depth', () => {
    expect(sliceOf(volume, MIDDLE)).toEqual({ axis: 0, index: 4 })
    expect(sliceOf(volume, { axis: 2, part: 1 })).toEqual({ axis: 2, index: 23 })
    expect(sliceOf(signal, MIDDLE)).toBeNull()
    expect(sliceOf({ ...volume, spatial: [null, 20, 24] }, MIDDLE)).toBeNull()
  })
  it('are drawn without the axis that is cut', () => {
    expect(drawnShape(volume, { axis: 1, part: 0 })).toEqual([9, 24])
    expect(drawnShape(signal, MIDDLE)).toEqual([16000])
  })
})
