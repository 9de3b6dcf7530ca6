import { expect, it } from 'vitest'
import { typedNumber } from './typed'

it('reads numbers as people write them, and as the page prints them', () => {
  expect(['1', ' 2.5 ', '−3', '+3', '0,5', '1,5', '0,125', '1,500', '1,572,864', '1,000.5', '.5', '1e-3', '1E3', '007'].map(typedNumber)).toEqual([1, 2.5, -3, 3, 0.5, 1.5, 0.125, 1500, 1572864, 1000.5, 0.5, 0.001, 1000, 7])
  expect(Object.is(typedNumber('-0'), 0)).toBe(true)
})

it.each(['', ' ', 'abc', '0x10', '0b1', 'Infinity', 'NaN', '--1', '1 2', '1,2,3', '1,5.2', ',', '.', 'e3', '½', '٣'])('no number is "%s"', (text) => expect(typedNumber(text)).toBeNaN())
