import { expect, it } from 'vitest'
import { nearestColumn, visibleRange } from './visible'

const columns = Array.from({ length: 1000 }, (_, i) => ({ x: i * 110, width: 100 }))

it('only columns in sight are in the range', () => {
  expect(visibleRange(columns, 0, 110)).toEqual({ from: 0, to: 1 })
  expect(visibleRange(columns, 100, 221)).toEqual({ from: 1, to: 3 })
  expect(visibleRange(columns, 1e6, 2e6)).toEqual({ from: 1000, to: 1000 })
  expect(visibleRange([], 0, 100)).toEqual({ from: 0, to: 0 })
})

it('finds the column nearest to a place', () => {
  expect(nearestColumn(columns, 50)).toBe(0)
  expect(nearestColumn(columns, 104)).toBe(0)
  expect(nearestColumn(columns, 106)).toBe(1)
  expect(nearestColumn(columns, 1e9)).toBe(999)
})
