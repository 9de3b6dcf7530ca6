/** A sum of products as it is printed: products add up to their channel's sum, channels and bias to the total. */

import { addUp, precisionFor, rounded, type Precision, type Printed } from './addends'

export type Part = { readonly sum: number; readonly products: readonly number[] }

export type PrintedSum = {
  readonly precision: Precision
  readonly parts: readonly { readonly sum: Printed; readonly products: readonly Printed[] }[]
  /** What is not shown in full, and what is added to the sums. */
  readonly rest: Printed
  readonly bias: Printed
  readonly total: Printed
  /** Whether all of it adds up as printed. Not where a number is infinite, or NaN. */
  readonly adds: boolean
  /** Whether anything was rounded. */
  readonly rounded: boolean
}

/** Prints a sum; `characters` is what a product's cell holds. */
export function printSum(parts: readonly Part[], rest: number, bias: number, total: number, characters: number): PrintedSum {
  const products = parts.flatMap((part) => part.products)
  const precision = precisionFor([...products, ...parts.map(({ sum }) => sum), rest, bias, total], characters)
  const plain = (number: number): Printed => rounded(number, precision)
  const outer = addUp([...parts.map(({ sum }) => sum), rest, bias], total, precision)
  const sums = outer?.terms ?? [...parts.map(({ sum }) => sum), rest, bias].map(plain)
  let adds = outer !== null
  const printed = parts.map((part, i) => {
    const sum = sums[i] ?? plain(part.sum)
    // A part that is no sum of products, a map of several that are added, has nothing inside to add up.
    const inner = part.products.length === 0 ? { terms: [] } : addUp(part.products, part.sum, precision, sum.units)
    if (inner === null) adds = false
    return { sum, products: inner?.terms ?? part.products.map(plain) }
  })
  const last = { rest: sums[parts.length] ?? plain(rest), bias: sums[parts.length + 1] ?? plain(bias), total: outer?.total ?? plain(total) }
  const all = [...printed.flatMap((part) => [part.sum, ...part.products]), last.rest, last.bias, last.total]
  return { precision, parts: printed, ...last, adds, rounded: all.some((number) => number.rounded) }
}
