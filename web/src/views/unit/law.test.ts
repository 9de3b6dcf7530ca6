import { describe, expect, it } from 'vitest'
import { filled, typeset } from './law'

const text = (value: number): string => String(value).replace('-', '−')

describe('a law', () => {
  it('is written as people write it', () => {
    expect(typeset('(x - mean)/sqrt(variance + epsilon)*scale + bias')).toBe('(x − mean) / √(variance + ε) · scale + bias')
    expect(typeset('x if x >= 0 else 0.01*x')).toBe('x if x ≥ 0 else 0.01 · x')
    expect(typeset('x**2 + x**3 + a**b')).toBe('x² + x³ + a^b')
  })

  it('has its numbers filled in, negative ones in parentheses where a sign stands before them', () => {
    const figures = [{ symbol: 'x', value: 3 }, { symbol: 'mean', value: -1 }, { symbol: 'variance', value: 4 }, { symbol: 'epsilon', value: 1e-5 }, { symbol: 'scale', value: -2 }, { symbol: 'bias', value: 0.5 }]
    expect(filled('(x - mean)/sqrt(variance + epsilon)*scale + bias', figures, text)).toBe('(3 − (−1)) / √(4 + 0.00001) · (−2) + 0.5')
    expect(filled('max(0, x)', [{ symbol: 'x', value: -2.5 }], text)).toBe('max(0, −2.5)')
    expect(filled('x*exp(-x)', [{ symbol: 'x', value: -2 }], text)).toBe('−2 · exp(−(−2))')
    expect(filled('a × b', [{ symbol: 'a', value: 2 }, { symbol: 'b', value: -1 }], text)).toBe('2 × (−1)')
  })

  it('leaves symbols alone that it has no number for', () => {
    expect(filled('x + y', [{ symbol: 'x', value: 1 }], text)).toBe('1 + y')
    expect(filled('x + y', [], text)).toBe('x + y')
  })
})
