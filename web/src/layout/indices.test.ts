import { expect, it } from 'vitest'
import { flatIndex, placeOf } from './indices'

it('goes from place to index and back', () => {
  const shape = [2, 3, 4]
  for (let i = 0; i < 24; i++) expect(flatIndex(placeOf(i, shape), shape)).toBe(i)
  expect([placeOf(23, shape), placeOf(17, shape)]).toEqual([[1, 2, 3], [1, 1, 1]])
  expect(flatIndex([1, 2, 3], shape)).toBe(23)
  expect([flatIndex([], []), placeOf(0, [])]).toEqual([0, []])
})
