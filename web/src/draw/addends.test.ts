import { describe, expect, it } from 'vitest'
import { addUp, fitting, powerText, precisionFor, printedText, rounded } from './addends'

/** A small generator of the same numbers on every run (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const read = (text: string): number => Number(text.replace('−', '-').replace('+', ''))

describe('printed terms', () => {
  it('add up to the printed total, each within a unit of its last digit', () => {
    const draw = random(7)
    for (let round = 0; round < 2000; round++) {
      const size = 10 ** (8 * draw() - 5)
      const terms = Array.from({ length: 1 + Math.floor(30 * draw()) }, () => (draw() < 0.2 ? 0 : size * (draw() - 0.5)))
      const total = terms.reduce((sum, term) => sum + term, 0)
      const precision = precisionFor([...terms, total], 4 + Math.floor(5 * draw()))
      const printed = addUp(terms, total, precision)
      expect(printed).not.toBeNull()
      const unit = 10 ** (precision.power - precision.decimals)
      expect(printed?.terms.reduce((sum, { units }) => sum + units, 0)).toBe(printed?.total.units)
      expect(Math.abs((printed?.total.units ?? NaN) * unit - total)).toBeLessThanOrEqual(0.5000001 * unit)
      terms.forEach((term, i) => {
        const { units = NaN, rounded: marked = false } = printed?.terms[i] ?? {}
        expect(Math.abs(units * unit - term)).toBeLessThan(1.0000001 * unit)
        if (term === 0) expect([units, marked]).toEqual([0, false])
      })
    }
  })

  it('are exact where the digits suffice, whatever binary fractions do', () => {
    const printed = addUp([0.1, 0.2, 0.3], 0.1 + 0.2 + 0.3, { decimals: 3, power: 0 })
    expect(printed?.terms).toEqual([{ units: 100, rounded: false }, { units: 200, rounded: false }, { units: 300, rounded: false }])
    expect(printed?.total).toEqual({ units: 600, rounded: false })
  })

  it('lose and gain where they were cut most', () => {
    expect(addUp([1 / 3, 1 / 3, 1 / 3], 1, { decimals: 2, power: 0 })?.terms.map(({ units }) => units)).toEqual([34, 33, 33])
  })

  it('say when they cannot add up', () => {
    expect(addUp([1, 2], 9, { decimals: 2, power: 0 })).toBeNull()
    expect(addUp([NaN, 2], NaN, { decimals: 2, power: 0 })).toBeNull()
    expect(addUp([Infinity], Infinity, { decimals: 2, power: 0 })).toBeNull()
  })
})

describe('precision', () => {
  it('leaves room for sign, point and the largest number', () => {
    expect(precisionFor([0.4, -0.2], 5)).toEqual({ decimals: 3, power: 0 })
    expect(precisionFor([12.5, 0.1], 5)).toEqual({ decimals: 1, power: 0 })
    expect(precisionFor([], 6)).toEqual({ decimals: 4, power: 0 })
    expect(precisionFor([NaN, Infinity, 1], 5)).toEqual({ decimals: 2, power: 0 })
  })

  it('takes a common power of ten out of very small and very large numbers', () => {
    expect(precisionFor([3e-6], 5)).toEqual({ decimals: 2, power: -6 })
    expect(precisionFor([123456], 5)).toEqual({ decimals: 0, power: 3 })
    expect(powerText({ decimals: 2, power: -6 })).toBe('× 10⁻⁶')
    expect(powerText({ decimals: 2, power: 0 })).toBe('')
  })

  it('fits the largest number into its characters', () => {
    const draw = random(3)
    for (let i = 0; i < 1000; i++) {
      const [number, characters] = [(draw() - 0.5) * 10 ** (16 * draw() - 8), 5 + Math.floor(4 * draw())]
      const precision = precisionFor([number], characters)
      const text = printedText(rounded(number, precision), precision, { plus: true, bare: true })
      expect(text.length).toBeLessThanOrEqual(characters + (/^.?10*\.?0*$/.test(text) ? 1 : 0))
      expect(read(text) * 10 ** precision.power).not.toBe(0)
    }
  })
})

describe('text', () => {
  it('of printed numbers keeps sign and zeros', () => {
    const precision = { decimals: 3, power: 0 }
    expect(printedText({ units: -12, rounded: true }, precision, { bare: true })).toBe('−.012')
    expect(printedText({ units: 1012, rounded: true }, precision, { plus: true })).toBe('+1.012')
    expect(printedText({ units: 0, rounded: false }, precision)).toBe('0.000')
    expect(printedText({ units: 7, rounded: false }, { decimals: 0, power: 0 })).toBe('7')
    expect(printedText({ units: -Infinity, rounded: false }, precision)).toBe('−∞')
  })

  it('of a number by itself uses its characters and says what it left out', () => {
    expect(fitting(0, 4)).toEqual({ text: '0', rounded: false })
    expect(fitting(0.5, 4)).toEqual({ text: '.5', rounded: false })
    expect(fitting(-1 / 3, 5)).toEqual({ text: '−.333', rounded: true })
    expect(fitting(255, 4)).toEqual({ text: '255', rounded: false })
    expect(fitting(1234567, 5)).toEqual({ text: '1.2e6', rounded: true })
    expect(fitting(0.0000321, 5)).toEqual({ text: '3e−5', rounded: true })
    expect(fitting(-0.00612, 5)).toEqual({ text: '−.006', rounded: true })
    expect(fitting(Math.fround(0.1), 4)).toEqual({ text: '.1', rounded: false })
    expect(fitting(NaN, 4).text).toBe('NaN')
  })
})
