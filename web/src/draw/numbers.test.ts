import { describe, expect, it } from 'vitest'
import { about, brief, count, exact, percent, shape, short, signed } from './numbers'

describe('numbers', () => {
  it('writes a float32 with the fewest digits that give it back', () => {
    expect(exact(Math.fround(0.1))).toBe('0.1')
    expect(exact(-2.5)).toBe('−2.5')
    expect(exact(1 / 3)).toBe('0.3333333333333333')
    for (const value of [0.84213, 1e-20, 3.4e38, 123456.7, -7.25e-7].map(Math.fround)) {
      expect(Math.fround(Number(exact(value).replaceAll('−', '-')))).toBe(value)
    }
  })

  it('says when digits were left out, and only then', () => {
    expect(brief(Math.fround(0.5))).toEqual({ text: '0.5', rounded: false })
    expect(about(Math.fround(0.84213))).toBe('≈ 0.842')
    expect(about(12, 3)).toBe('12')
    expect(about(NaN)).toBe('NaN')
    expect(about(-Infinity)).toBe('−∞')
  })

  it('shows the sign of a term', () => {
    expect(signed(0.341)).toBe('+0.341')
    expect(signed(-0.02)).toBe('−0.02')
    expect(signed(0)).toBe('+0')
  })

  it('writes counts, shares and shapes', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(short(999)).toBe('999')
    expect(short(24960)).toBe('25 k')
    expect(short(3504872)).toBe('3.5 M')
    expect(percent(0.004)).toBe('<1%')
    expect(percent(-0.23)).toBe('−23%')
    expect([percent(0), percent(0.999), percent(1)]).toEqual(['0%', '>99%', '100%'])
    expect(shape([null, 32, 7])).toBe('· × 32 × 7')
  })
})
