/** The arithmetic of one position as terms: 0.33×0 + 0.34×0.82 + … = 0.579. */

import { brief, exact } from './numbers'

export type Term = { readonly text: string; readonly sign: '+' | '−' | ''; readonly tap: number; readonly channel: number; readonly inside: boolean }

/** A factor as it is written: all of it where it is short, else four digits. */
export function factor(value: number): { text: string; rounded: boolean } {
  const whole = exact(value)
  // Fifteen digits: what 0.1 + 0.2 differs from 0.3 is no digit that anybody meant.
  const short = String(Number(value.toPrecision(12))).replace('-', '−')
  if (short.length <= 7) return { text: short, rounded: false }
  return whole.length <= 7 ? { text: whole, rounded: false } : brief(value, 4)
}

export type Product = { readonly weight: number; readonly cell: number; readonly tap: number; readonly channel: number; readonly inside: boolean }

/** Terms of a sum of products; the sign of each weight stands before it. */
export function termsOf(products: readonly Product[]): { terms: Term[]; rounded: boolean } {
  let rounded = false
  const terms = products.map(({ weight, cell, tap, channel, inside }, i): Term => {
    const [w, x] = [factor(Math.abs(weight)), factor(cell)]
    rounded ||= w.rounded || x.rounded
    const negative = weight < 0
    return { text: `${w.text}×${x.text.startsWith('−') ? `(${x.text})` : x.text}`, sign: negative ? '−' : i === 0 ? '' : '+', tap, channel, inside }
  })
  return { terms, rounded }
}

/** What it comes to, and whether that was rounded. */
export function result(value: number): { text: string; rounded: boolean } {
  const short = String(Number(value.toPrecision(12))).replace('-', '−')
  return short.length <= 9 ? { text: short, rounded: false } : brief(value, 6)
}
