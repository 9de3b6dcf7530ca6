import { describe, expect, it } from 'vitest'
import { bars, binOf } from './histogram'

describe('histograms', () => {
  it('draw square roots of counts', () => {
    expect(bars([4, 0, 1], 30, 10)).toEqual([
      { x: 0, width: 10, height: 10 },
      { x: 10, width: 10, height: 0 },
      { x: 20, width: 10, height: 5 },
    ])
    expect(bars([0, 0], 10, 10).every((bar) => bar.height === 0)).toBe(true)
  })

  it('find the bin of a value', () => {
    expect(binOf(1, 0, 1, 4)).toBe(3)
    expect(binOf(0.5, 0, 1, 4)).toBe(2)
    expect(binOf(2, 0, 1, 4)).toBe(-1)
    expect(binOf(NaN, 0, 1, 4)).toBe(-1)
  })
})
