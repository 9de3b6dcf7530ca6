import { describe, expect, it } from 'vitest'
import { differenceScale, extentOf, jointExtent, placeOf, scaleOf, scopedScale } from './scale'

describe('scales', () => {
  it('are centred on zero as soon as something is negative', () => {
    expect(scaleOf({ min: -1, max: 3 })).toEqual({ kind: 'signed', low: -3, high: 3 })
    expect(placeOf(0, scaleOf({ min: -1, max: 3 }))).toBe(0.5)
    expect(scaleOf({ min: 2, max: 3 })).toEqual({ kind: 'unsigned', low: 0, high: 3 })
  })

  it('of a difference reach as far as those of what is compared, and show zero as nothing', () => {
    expect(differenceScale({ kind: 'unsigned', low: 0, high: 3 })).toEqual({ kind: 'signed', low: -3, high: 3 })
    expect(differenceScale({ kind: 'signed', low: -2, high: 2 })).toEqual({ kind: 'signed', low: -2, high: 2 })
  })

  it('mean the same for all maps of a layer', () => {
    const layer = { min: -2, max: 5 }
    const network = { min: -9, max: 9 }
    expect(scopedScale('unit', { min: 0, max: 1 }, layer, network)).toEqual({ kind: 'signed', low: -1, high: 1 })
    expect(scopedScale('layer', { min: 0, max: 1 }, layer, network).high).toBe(5)
    expect(scopedScale('network', { min: 0, max: 1 }, { min: 0, max: 1 }, network).kind).toBe('signed')
  })

  it('leave out what is not finite, and never divide by nothing', () => {
    expect(extentOf([NaN, 1, Infinity, -2])).toEqual({ min: -2, max: 1 })
    expect(extentOf([NaN])).toEqual({ min: 0, max: 0 })
    expect(jointExtent([[NaN, 2], [3, 1], []])).toEqual({ min: 0, max: 3 })
    expect(jointExtent([[-1], [-4, -2]])).toEqual({ min: -4, max: 0 })
    expect(placeOf(0, scaleOf({ min: 0, max: 0 }))).toBe(0)
    expect(placeOf(9, scaleOf({ min: 0, max: 3 }))).toBe(1)
  })
})
