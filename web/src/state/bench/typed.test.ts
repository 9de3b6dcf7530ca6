import { expect, it } from 'vitest'
import { numberOf, shortened, sizesOf, typedPads } from './typed'

it('reads numbers as people write them', () => {
  expect(['1', ' 2.5 ', '−3', '0,5', '1e-320', '-0', '1e9', '1,500'].map(numberOf)).toEqual([1, 2.5, -3, 0.5, 1e-320, 0, 1e9, 1500])
  expect(Object.is(numberOf('-0'), 0)).toBe(true)
})

it.each(['', ' ', 'abc', 'nan', 'NaN', 'Infinity', '1e999', '٣', '1 2', '--1', '1,2,3', '½', '0x10'])('no number is "%s"', (text) => expect(numberOf(text)).toBeNull())

it('reads a size, or one for each axis', () => {
  expect(['3', '-0', '03', '2×1', '2x1x3', '2, 1', '2 1', '1e3', '−2', '1000000'].map(sizesOf)).toEqual([[3], [0], [3], [2, 1], [2, 1, 3], [2, 1], [2, 1], [1000], [-2], [1000000]])
})

it.each(['', 'abc', '3.5', 'nan', '1e9', '1e-320', '٣', '2x', 'x', '2××1', '3;4', 'Infinity'])('no size is "%s"', (text) => expect(sizesOf(text)).toBeNull())

it('reads padding', () => {
  expect(['1', '0+1', '1×0', '0+1x2', 'Same', 'valid', ' 2 '].map((text) => typedPads(text, 2))).toEqual([
    [[1, 1], [1, 1]], [[0, 1], [0, 1]], [[1, 1], [0, 0]], [[0, 1], [2, 2]], 'same', 'valid', [[2, 2], [2, 2]],
  ])
  expect(typedPads('−1', 1)).toEqual([[-1, -1]])
})

it.each(['', '+', '+1', '1+', '1+2+3', 'much', '1e9', '0.5', '1x', 'sames', '٣'])('no padding is "%s"', (text) => expect(typedPads(text, 2)).toBeNull())

it('shortens what is long', () => {
  expect([shortened('abc'), shortened('a'.repeat(99)).length]).toEqual(['abc', 41])
})
