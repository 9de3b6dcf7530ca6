/** Places of an array that is laid out row by row, the last axis fastest. */

/** The index of a place among all numbers. */
export function flatIndex(at: readonly number[], shape: readonly number[]): number {
  return at.reduce((index, step, axis) => index * (shape[axis] ?? 1) + step, 0)
}

/** The place of an index. */
export function placeOf(index: number, shape: readonly number[]): number[] {
  const at: number[] = []
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1
    at.unshift(index % size)
    index = Math.floor(index / size)
  }
  return at
}
