/** The cell of one map that answers to a cell of another. */

/** The same cell where the sizes are the same; else the one at the same share of each axis; null where the axes differ. */
export function answering(at: readonly number[], from: readonly number[], to: readonly number[]): { readonly at: readonly number[]; readonly same: boolean } | null {
  if (at.length !== from.length || from.length !== to.length) return null
  if (from.every((size, axis) => size === to[axis])) return { at, same: true }
  return { at: at.map((place, axis) => Math.min((to[axis] ?? 1) - 1, Math.floor(((place + 0.5) * (to[axis] ?? 1)) / (from[axis] ?? 1)))), same: false }
}

/** Cell by cell, one map less another of the same shape. */
export function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: a.length }, (_, i) => (a[i] ?? NaN) - (b[i] ?? NaN))
}
