import { expect, test } from 'vitest'
import { tileSize } from './tile-size'

test('cells are whole pixels, and small maps are magnified', () => {
  expect(tileSize([7, 7])).toEqual({ width: 56, height: 56 })
  expect(tileSize([56, 56])).toEqual({ width: 112, height: 112 })
  expect(tileSize([85, 106])).toEqual({ width: 106, height: 85 })
  for (const [height, width] of [[1, 1], [3, 50], [60, 112], [13, 9]] as const) {
    const size = tileSize([height, width])
    expect(size.width % width).toBe(0)
    expect(size.height / height).toBe(size.width / width)
    expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(112)
  }
})

test('a signal is a line, a number a cell', () => {
  expect(tileSize([400]).width).toBeGreaterThan(200)
  expect(tileSize([])).toEqual({ width: 14, height: 14 })
})
