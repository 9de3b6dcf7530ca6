/** Which steps of a long way are written out, and which are folded into one mark. */

/** The steps behind `start` up to `stop` (not included) are folded. */
export type Fold = { readonly start: number; readonly stop: number }

/** How many steps at the end of the way are kept before any other. */
const LAST = 3

/**
 * The folds of a way whose steps need so much room each, or none where all of them fit. The first step, the last ones and the one in
 * hand (`here`, -1 for none) stay; what else fits stays at the end, where the way began.
 */
export function folds(widths: readonly number[], here: number, room: number, mark: number): Fold[] {
  const { length } = widths
  if (widths.reduce((sum, width) => sum + width, 0) <= room) return []
  const kept = new Set([0, here, ...Array.from({ length: LAST }, (_, i) => length - 1 - i)].filter((i) => i >= 0 && i < length))
  // Two folds at most: on both sides of the one in hand.
  let left = room - 2 * mark - [...kept].reduce((sum, i) => sum + (widths[i] ?? 0), 0)
  for (let i = length - 1; i >= 0; i--) {
    if (kept.has(i)) continue
    left -= widths[i] ?? 0
    if (left < 0) break
    kept.add(i)
  }
  return runs(length, kept)
}

function runs(length: number, kept: ReadonlySet<number>): Fold[] {
  const found: { start: number; stop: number }[] = []
  for (let i = 0; i < length; i++) {
    const last = found.at(-1)
    if (kept.has(i)) continue
    if (last?.stop === i) last.stop = i + 1
    else found.push({ start: i, stop: i + 1 })
  }
  return found
}
