import { describe, expect, it } from 'vitest'
import { printSum } from './sum'

describe('a printed sum', () => {
  it('adds up at both levels', () => {
    const parts = Array.from({ length: 8 }, (_, c) => {
      const products = Array.from({ length: 9 }, (_, i) => Math.sin(37 * c + 11 * i) / 7)
      return { products, sum: products.reduce((a, b) => a + b, 0) }
    })
    const [rest, bias] = [-0.02034567, 0.0184321]
    const total = parts.reduce((sum, part) => sum + part.sum, rest + bias)
    for (let characters = 4; characters < 10; characters++) {
      const printed = printSum(parts, rest, bias, total, characters)
      expect(printed.adds).toBe(true)
      expect(printed.rounded).toBe(true)
      for (const part of printed.parts) expect(part.products.reduce((sum, { units }) => sum + units, 0)).toBe(part.sum.units)
      expect(printed.parts.reduce((sum, part) => sum + part.sum.units, printed.rest.units + printed.bias.units)).toBe(printed.total.units)
    }
  })

  it('adds up where its parts are no products', () => {
    const printed = printSum([{ products: [], sum: 0.8446017 }, { products: [], sum: -0.4106561 }], 0, 0, 0.4339456, 9)
    expect(printed.adds).toBe(true)
    expect(printed.parts.reduce((sum, part) => sum + part.sum.units, 0)).toBe(printed.total.units)
  })

  it('says nothing of rounding where all digits are there', () => {
    const printed = printSum([{ products: [-1, 0, 6], sum: 5 }], 0, 0.5, 5.5, 6)
    expect(printed.rounded).toBe(false)
    expect(printed.total.units * 10 ** -printed.precision.decimals).toBe(5.5)
  })

  it('prints what is no number as it is', () => {
    const printed = printSum([{ products: [NaN, 1], sum: NaN }], 0, 0, NaN, 5)
    expect(printed.adds).toBe(false)
    expect(printed.total.units).toBeNaN()
    expect(printed.parts[0]?.products[1]?.units).toBe(100)
  })
})
