import { describe, expect, it } from 'vitest'
import { moved, slid } from './steps'

describe('steps over a map', () => {
  it('go in reading order and come round', () => {
    expect(slid([0, 2], 1, [2, 3])).toEqual([1, 0])
    expect(slid([1, 2], 1, [2, 3])).toEqual([0, 0])
    expect(slid([0, 0], -1, [2, 3])).toEqual([1, 2])
    expect(slid(null, 1, [2, 3])).toEqual([0, 0])
    expect(slid([], 1, [])).toEqual([])
  })

  it('follow the arrow keys and stay on the map', () => {
    expect(moved([1, 1], 'ArrowUp', 1, [3, 3])).toEqual([0, 1])
    expect(moved([1, 1], 'ArrowRight', 10, [3, 3])).toEqual([1, 2])
    expect(moved([4], 'ArrowLeft', 1, [9])).toEqual([3])
    expect(moved([4], 'ArrowUp', 1, [9])).toBeNull()
    expect(moved([2, 1, 1], 'ArrowDown', 1, [3, 3, 3])).toEqual([2, 2, 1])
    expect(moved([2, 1, 1], 'PageUp', 1, [3, 3, 3])).toEqual([1, 1, 1])
    expect(moved([1, 1], 'PageDown', 1, [3, 3])).toBeNull()
    expect(moved(null, 'ArrowDown', 1, [5, 7])).toEqual([2, 3])
    expect(moved([], 'ArrowDown', 1, [])).toBeNull()
  })
})
