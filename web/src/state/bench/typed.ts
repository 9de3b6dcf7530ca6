/** What is typed at the workbench, as numbers; null where it is none. */

import { typedNumber } from '../../draw/typed'
import { padsOf } from './setup'

/** Far beyond any window that there could be; what is impossible below that the server says. */
export const LARGEST_SIZE = 1e6

/** A finite number. */
export function numberOf(text: string): number | null {
  const value = typedNumber(text)
  return Number.isFinite(value) ? value : null
}

// A comma parts the axes of a size, so it is no part of a number there.
const whole = (text: string): number => (text.includes(',') ? NaN : typedNumber(text))
const isSize = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= LARGEST_SIZE

/** One whole number, or one for each axis: 2, 2×1, 2, 1. */
export function sizesOf(text: string): number[] | null {
  const sizes = text.trim().split(/\s*[x×,]\s*|\s+/).map(whole)
  return sizes.every(isSize) ? sizes : null
}

/** Padding: 1, 0+1, 1×0, same, valid. */
export function typedPads(text: string, rank: number): ReturnType<typeof padsOf> | null {
  const word = text.trim().toLowerCase()
  const parts = word.split(/[x×]/).map((part) => part.split('+').map(whole))
  if (word === 'same' || word === 'valid' || parts.every((ends) => ends.length <= 2 && ends.every(isSize))) return padsOf(word.replaceAll('−', '-'), rank)
  return null
}

/** Enough of a text to know it again. */
export function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`
}
