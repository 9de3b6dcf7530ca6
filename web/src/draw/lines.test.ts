import { describe, expect, it } from 'vitest'
import { heightOf, linePath, placeOfSample, withZero } from './lines'

describe('lines', () => {
  it('put the largest value at the top and the least at the bottom', () => {
    expect(heightOf(1, { min: -1, max: 1 }, 10)).toBe(1)
    expect(heightOf(-1, { min: -1, max: 1 }, 10)).toBe(9)
    expect(heightOf(3, { min: 3, max: 3 }, 10)).toBe(5)
    expect(withZero({ min: 2, max: 3 })).toEqual({ min: 0, max: 3 })
  })

  it('go through the middle of each sample', () => {
    expect(placeOfSample(0, 4, 40)).toBe(5)
    expect(linePath([0, 1], 20, 10, { min: 0, max: 1 })).toBe('M5 9L15 1')
  })

  it('keep a lone peak among thousands of samples', () => {
    const data = new Float32Array(10_000)
    data[4321] = 5
    data[7777] = -5
    const path = linePath(data, 50, 20, { min: -5, max: 5 })
    expect(path).toContain(' 1L')
    expect(path).toContain(' 19')
    expect(path.match(/[ML]/g)?.length).toBe(100)
  })

  it('break at what is not finite', () => {
    expect(linePath([0, NaN, 1], 30, 10, { min: 0, max: 1 })).toBe('M5 9M25 1')
  })
})
