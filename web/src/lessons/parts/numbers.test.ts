import { expect, it } from 'vitest'
import { flat, numbersOf, place, shapeOf } from './numbers'

it('goes from place to index and back', () => {
  const shape = [2, 3, 4]
  for (let i = 0; i < 24; i++) expect(flat(place(i, shape), shape)).toBe(i)
  expect(place(23, shape)).toEqual([1, 2, 3])
})

it('has nothing of what is not there', () => {
  expect(numbersOf(undefined, 'y')).toEqual([])
  expect(shapeOf(new Map(), 'y')).toEqual([])
})
