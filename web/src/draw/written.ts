/** A size or a number of parameters: a formula as Python writes it, as people write it: 2*3 - 1 becomes 2·3 − 1, and what is rounded down stands in ⌊ ⌋. */
export function written(formula: string): string {
  // The last bracket closes the rounding: what follows it has none.
  return formula.replace(/floor\((.*)\)/, '⌊$1⌋').replaceAll('*', '·').replaceAll('-', '−')
}
