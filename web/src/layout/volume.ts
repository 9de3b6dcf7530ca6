/** Planes of a volume. */

import type { Plane } from '../draw/heatmap'

/** The plane across an axis at an index: (h, w) across the depth, (d, w) across the height, (d, h) across the width. */
export function planeOf(data: ArrayLike<number>, shape: readonly number[], axis: number, index: number): Plane {
  const [depth = 1, rows = 1, columns = 1] = shape
  if (axis === 0) {
    const size = rows * columns
    return { width: columns, height: rows, data: Float32Array.from({ length: size }, (_, i) => data[index * size + i] ?? NaN) }
  }
  const [height, width] = axis === 1 ? [depth, columns] : [depth, rows]
  const plane = new Float32Array(height * width)
  for (let d = 0; d < height; d++) {
    for (let x = 0; x < width; x++) {
      const place = axis === 1 ? (d * rows + index) * columns + x : (d * rows + x) * columns + index
      plane[d * width + x] = data[place] ?? NaN
    }
  }
  return { width, height, data: plane }
}
