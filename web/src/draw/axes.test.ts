import { expect, it } from 'vitest'
import { ticks } from './axes'

it('ticks are round, start at zero and stay inside', () => {
  expect(ticks(7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(ticks(112, 6)).toEqual([0, 50, 100])
  expect(ticks(224, 6)).toEqual([0, 50, 100, 150, 200])
  expect(ticks(1, 6)).toEqual([0])
  expect(ticks(16000, 5)).toEqual([0, 5000, 10000, 15000])
})
