/** How large the maps of a layer are drawn on a report's page. */

const MOST = 112
const LEAST = 56
const LINE = { width: 288, height: 56 }
const NUMBER = { width: 14, height: 14 }
/** A vector of many numbers, as one line. */
export const VECTOR = { width: 640, height: 80 }

/** Size in CSS pixels for maps of drawn sizes (), (l,) or (h, w): a whole number of pixels a cell, more columns for small ones. */
export function tileSize(drawn: readonly number[]): { width: number; height: number } {
  if (drawn.length === 0) return NUMBER
  if (drawn.length === 1) return LINE
  const [height = 1, width = 1] = drawn
  const longest = Math.max(height, width)
  const cell = longest >= LEAST ? Math.max(1, Math.floor(MOST / longest)) : Math.ceil(LEAST / longest)
  return { width: width * cell, height: height * cell }
}
