import { describe, expect, it } from 'vitest'
import { geometryOf, identical, inputBox, inputTicks } from './geometry'

const box = { port: 'image', clipped: [[0, 2], [0, 2]] as [number, number][], unclipped: null }

describe('where cells lie on the input', () => {
  it('follows from stride and centre: a 3×3 convolution, stride 2, padding 1', () => {
    // Unit 0 sees -1 to 2: its centre is 0.5, and it stands for -0.5 to 1.5.
    const found = geometryOf([{ ...box, stride: [2, 2], centre: [0.5, 0.5] }], [0, 0])
    expect(found).toEqual({ port: 'image', axes: [{ stride: 2, start: -0.5 }, { stride: 2, start: -0.5 }] })
  })
  it('is the same from whatever unit it is read', () => {
    const first = geometryOf([{ ...box, stride: [4, 4], centre: [3.5, 3.5] }], [0, 0])
    expect(geometryOf([{ ...box, stride: [4, 4], centre: [3.5 + 4 * 5, 3.5 + 4 * 2] }], [5, 2])).toEqual(first)
  })
  it('is unknown where the place is lost', () => {
    expect(geometryOf([{ ...box, stride: [0, 0], centre: [9, 9] }], [0, 0])).toBeNull()
    expect(geometryOf([{ ...box, clipped: null, stride: [1, 1], centre: [0.5, 0.5] }], [0, 0])).toBeNull()
    expect(geometryOf([{ ...box, stride: [1], centre: [0.5] }], [0, 0])).toBeNull()
  })
  it('is identical for the input itself', () => {
    const found = geometryOf([{ ...box, stride: [1, 1], centre: [0.5, 0.5] }], [0, 0])
    expect(found !== null && identical(found)).toBe(true)
  })
})

describe('ticks in the input', () => {
  it('stand on the middle of the cell of the input', () => {
    expect(inputTicks({ start: -0.5, stride: 2 }, 112, 5)).toEqual([0, 50, 100, 150, 200].map((value) => ({ value, place: (value + 1) / 2 })))
  })
  it('stay within the map', () => {
    for (const { place } of inputTicks({ start: 3, stride: 4 }, 10, 8)) expect(place >= 0 && place < 10).toBe(true)
  })
})

describe('the input under a map', () => {
  it('is laid by stride and offset, never stretched to the map', () => {
    const axes = [{ start: 2, stride: 1 }, { start: 2, stride: 1 }]
    expect(inputBox(axes, { height: 20, width: 20 }, 10)).toEqual({ left: -20, top: -20, width: 200, height: 200 })
  })
})
