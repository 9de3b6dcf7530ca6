/** A size or a number of parameters: a formula as Python writes it, as people write it: 2*3 - 1 becomes 2·3 − 1, what is rounded down stands in ⌊ ⌋, up in ⌈ ⌉. */
export function written(formula: string): string {
  // The last bracket closes the rounding: what follows it has none.
  return formula.replace(/floor\((.*)\)/, '⌊$1⌋').replace(/ceil\((.*)\)/, '⌈$1⌉').replaceAll('*', '·').replaceAll('-', '−')
}
