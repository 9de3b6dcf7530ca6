import { describe, expect, it } from 'vitest'
import { LIGHT, NOT_A_NUMBER, packed, ramp, RAMP_SIZE, unpacked } from './colour'
import { blank, coloursOf, drawMap, fitted, magnification, ownColours, wantedCells } from './heatmap'
import { scaleOf } from './scale'

const signed = ramp('signed', LIGHT)
const plane = { width: 2, height: 2, data: new Float32Array([-1, 0, 0.5, 1]) }

describe('heatmaps', () => {
  it('colour each cell by its place on the scale', () => {
    const colours = coloursOf(plane, scaleOf({ min: -1, max: 1 }), signed)
    expect(colours[0]).toBe(signed.table[0])
    expect(colours[3]).toBe(signed.table[RAMP_SIZE - 1])
    unpacked(colours[1] ?? 0).forEach((channel, i) => expect(Math.abs(channel - (LIGHT.page[i] ?? 0))).toBeLessThan(3))
  })

  it('show silence as silence when everything is zero, and NaN as no value at all', () => {
    const zero = coloursOf({ width: 1, height: 1, data: [0] }, { kind: 'signed', low: 0, high: 0 }, signed)
    unpacked(zero[0] ?? 0).forEach((channel, i) => expect(Math.abs(channel - (LIGHT.page[i] ?? 0))).toBeLessThan(3))
    const nan = coloursOf({ width: 1, height: 1, data: [NaN] }, scaleOf({ min: 0, max: 1 }), signed)
    expect(nan[0]).toBe(packed(NOT_A_NUMBER))
  })

  it('magnify by whole numbers, clipped to the picture', () => {
    const picture = blank(7, 5)
    drawMap(picture, plane, scaleOf({ min: -1, max: 1 }), signed, 1, 1, 3)
    const at = (x: number, y: number): number => picture.pixels[y * 7 + x] ?? 0
    expect(at(0, 0)).toBe(0)
    expect(at(1, 1)).toBe(signed.table[0])
    expect(at(3, 3)).toBe(signed.table[0])
    expect(at(4, 4)).toBe(signed.table[RAMP_SIZE - 1])
    expect(at(6, 4)).toBe(signed.table[RAMP_SIZE - 1])
    expect(magnification({ width: 7, height: 7 }, { width: 52, height: 60 })).toBe(7)
    expect(magnification({ width: 300, height: 7 }, { width: 52, height: 60 })).toBe(1)
  })

  it('shrink without losing the lone large value', () => {
    const data = new Float32Array(25)
    data[13] = -4
    const small = fitted({ width: 5, height: 5, data }, { width: 2, height: 9 })
    expect([small.width, small.height]).toEqual([2, 2])
    expect([...(small.data as Float32Array)]).toEqual([0, -4, 0, 0])
    expect(fitted(plane, { width: 2, height: 2 })).toBe(plane)
  })

  it('are asked for so that they fill their box', () => {
    expect([wantedCells(112, 56), wantedCells(87, 86), wantedCells(254, 86), wantedCells(7, 56)]).toEqual([56, 87, 127, 7])
  })

  it('show the input in its own colours', () => {
    expect(unpacked(ownColours([[10], [20], [300]])[0] ?? 0)).toEqual([10, 20, 255])
    expect(unpacked(ownColours([[7]])[0] ?? 0)).toEqual([7, 7, 7])
  })
})
