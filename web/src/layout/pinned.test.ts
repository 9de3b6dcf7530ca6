import { expect, it } from 'vitest'
import { answering, differenceOf } from './pinned'

it('is the same cell in a map of the same sizes', () => {
  expect(answering([3, 4], [7, 9], [7, 9])).toEqual({ at: [3, 4], same: true })
})
it('is the cell at the same share of a map of other sizes', () => {
  expect(answering([13, 0], [14, 14], [7, 28])).toEqual({ at: [6, 1], same: false })
  expect(answering([0], [1], [4])).toEqual({ at: [2], same: false })
})
it('is none where the axes differ', () => {
  expect(answering([3], [7], [7, 9])).toBeNull()
})
it('takes one map from another', () => {
  expect(Array.from(differenceOf([3, 1], [1, 4]))).toEqual([2, -3])
})
