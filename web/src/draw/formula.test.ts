import { expect, it } from 'vitest'
import { result, termsOf } from './formula'

it('writes the products of a position', () => {
  const products = [[0.33, 0], [0.34, 0.82], [-0.33, -0.91]].map(([weight = 0, cell = 0], tap) => ({ weight, cell, tap, channel: 0, inside: true }))
  const { terms, rounded } = termsOf(products)
  expect(terms.map(({ sign, text }) => `${sign}${text}`)).toEqual(['0.33×0', '+0.34×0.82', '−0.33×(−0.91)'])
  expect(rounded).toBe(false)
})

it('says when digits are left out, and takes rounding noise for none', () => {
  expect(termsOf([{ weight: 1, cell: 1 / 3, tap: 0, channel: 0, inside: true }])).toMatchObject({ rounded: true, terms: [{ text: '1×0.3333' }] })
  expect(result(0.1 + 0.2)).toEqual({ text: '0.3', rounded: false })
  expect(result(0.5791)).toEqual({ text: '0.5791', rounded: false })
  expect(result(-1 / 3)).toEqual({ text: '−0.333333', rounded: true })
})
