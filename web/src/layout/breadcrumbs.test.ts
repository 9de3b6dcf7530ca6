import { expect, test } from 'vitest'
import { folds } from './breadcrumbs'

const ten = Array.from({ length: 10 }, () => 100)

test('a way that fits is written out', () => {
  expect(folds(ten, 0, 1000, 20)).toEqual([])
  expect(folds([], -1, 0, 20)).toEqual([])
})

test('of a long one the first step and the last three stay', () => {
  expect(folds(ten, 0, 440, 20)).toEqual([{ start: 1, stop: 7 }])
  expect(folds(ten, 0, 10, 20)).toEqual([{ start: 1, stop: 7 }])
})

test('where there is more room more of its beginning stays', () => {
  expect(folds(ten, 0, 640, 20)).toEqual([{ start: 1, stop: 5 }])
})

test('the step in hand is never folded away', () => {
  expect(folds(ten, 4, 540, 20)).toEqual([{ start: 1, stop: 4 }, { start: 5, stop: 7 }])
})
