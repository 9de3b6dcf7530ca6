/** Sizes of files, for people. */

import { about } from './numbers'

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const

/** Three digits in units of a thousand, as file managers say it: 602 kB. */
export function bytesText(bytes: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), UNITS.length - 1)
  const value = bytes / 1000 ** power
  // 999.6 kB would be written as 1000 kB.
  const next = power < UNITS.length - 1 && Math.round(value) >= 1000
  return next ? `1 ${UNITS[power + 1] ?? ''}` : `${value >= 100 || power === 0 ? Math.round(value) : about(value, 3)} ${UNITS[power] ?? ''}`
}
