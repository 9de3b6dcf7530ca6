import { describe, expect, it } from 'vitest'
import { boxFrame, boxOf, mapFrame } from './panes'

describe('a pane', () => {
  it('holds its map as the tile draws it: whole cells, in the middle', () => {
    expect(mapFrame([7, 7], 44, 1)).toEqual({ left: 1, top: 1, width: 42, height: 42 })
    expect(mapFrame([10, 20], 40, 2)).toEqual({ left: 0, top: 10, width: 40, height: 20 })
    expect(mapFrame([112, 56], 40, 1)).toEqual({ left: 10, top: 0, width: 20, height: 40 })
    expect(mapFrame([900], 40, 1)).toEqual({ left: 0, top: 0, width: 40, height: 40 })
  })

  it('frames a window where it lies', () => {
    const within = mapFrame([10, 10], 40, 1)
    expect(boxFrame([[2, 5], [0, 3]], [10, 10], within)).toEqual({ left: 0, top: 8, width: 12, height: 12 })
    expect(boxFrame([[4, 5], [1, 2], [2, 3]], [8, 10, 10], within)).toEqual({ left: 8, top: 4, width: 4, height: 4 })
    expect(boxFrame([[25, 50]], [100], { left: 0, top: 0, width: 40, height: 40 })).toEqual({ left: 10, top: 0, width: 10, height: 40 })
  })

  it('keeps a frame visible and on the map, though the cell is less than a pixel', () => {
    const within = { left: 0, top: 0, width: 40, height: 40 }
    for (const at of [0, 1, 500, 998, 999]) {
      const frame = boxFrame([[at, at + 1], [at, at + 1]], [1000, 1000], within)
      expect(frame.width).toBe(3)
      expect(frame.left).toBeGreaterThanOrEqual(0)
      expect(frame.left + frame.width).toBeLessThanOrEqual(40)
      expect(frame.left).toBeLessThanOrEqual(at * 0.04)
    }
  })

  it('cuts off what lies in the padding', () => {
    expect(boxFrame([[-1, 2], [8, 11]], [10, 10], mapFrame([10, 10], 40, 1))).toEqual({ left: 32, top: 0, width: 8, height: 8 })
  })

  it('knows the box of some cells', () => {
    expect(boxOf([[3, 4], [1, 9], [2, 2]])).toEqual([[1, 4], [2, 10]])
    expect(boxOf([])).toBeNull()
  })
})
