/** Sizes of files, for people. */

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const

/** Three digits in units of a thousand, as file managers say it: 602 kB. */
export function bytesText(bytes: number): string {
  // What is rounded up to a thousand is one of the next unit.
  const power = UNITS.findIndex((_, i) => i === UNITS.length - 1 || Math.round(bytes / 1000 ** i) < 1000)
  const value = bytes / 1000 ** power
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${UNITS[power] ?? ''}`
}
