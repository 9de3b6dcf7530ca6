import { expect, it } from 'vitest'
import { neighboursOf, skipsOf } from './skips'

const edges = [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: 0, to: 2 }, { from: 0, to: 5 }, { from: 2, to: 5 }, { from: 0, to: 2 }, { from: 3, to: 3 }]

it('neighbours are lines, each once', () => {
  expect(neighboursOf(edges)).toEqual([{ from: 0, to: 1 }, { from: 1, to: 2 }])
})

it('others are arcs that do not meet on a level', () => {
  expect(skipsOf(edges)).toEqual([{ from: 0, to: 2, level: 0 }, { from: 2, to: 5, level: 0 }, { from: 0, to: 5, level: 1 }])
})

it('there is a highest level', () => {
  const nested = Array.from({ length: 20 }, (_, i) => ({ from: 0, to: i + 2 }))
  expect(Math.max(...skipsOf(nested, 4).map(({ level }) => level))).toBe(3)
})
