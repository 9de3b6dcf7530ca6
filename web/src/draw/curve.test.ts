import { describe, expect, it } from 'vitest'
import { curvePlot } from './curve'

describe('a curve', () => {
  it('goes through its samples, zero in sight', () => {
    const x = [-2, -1, 0, 1, 2]
    const plot = curvePlot({ x, y: x.map((value) => Math.max(0, value)) }, 100, 62, 6)
    expect(plot.path).toBe('M0 56L25 56L50 56L75 31L100 6')
    expect([plot.zeroX, plot.zeroY]).toEqual([50, 56])
    expect(plot.place(1, 1)).toEqual({ x: 75, y: 31 })
  })

  it('breaks where there is no number', () => {
    expect(curvePlot({ x: [-1, 0, 1, 2], y: [1, Infinity, 1, 0.5] }, 90, 50, 0).path.match(/M/g)?.length).toBe(2)
    expect(curvePlot({ x: [-1, 1], y: [NaN, NaN] }, 90, 50).path).toBe('')
  })

  it('keeps a dot in the box, and a flat curve in its middle', () => {
    const flat = curvePlot({ x: [-1, 1], y: [0, 0] }, 100, 50)
    expect(flat.zeroY).toBe(25)
    expect(flat.place(9, 9)).toEqual({ x: 100, y: 0 })
  })
})
