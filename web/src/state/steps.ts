/** Steps over the cells of a map. */

import { flatIndex, placeOf } from '../layout/indices'

/** The cell so many steps further in reading order; after the last comes the first. */
export function slid(at: readonly number[] | null, by: number, shape: readonly number[]): number[] {
  const count = shape.reduce((product, size) => product * size, 1)
  if (at === null) return placeOf(by < 0 ? count - 1 : 0, shape)
  return placeOf((((flatIndex(at, shape) + by) % count) + count) % count, shape)
}

/** The neighbour in the direction of an arrow key (of PageUp and PageDown along the depth), `by` cells away, kept on the map; the middle where there was none. Null for another key. */
export function moved(at: readonly number[] | null, key: string, by: number, shape: readonly number[]): number[] | null {
  const axis = key === 'ArrowLeft' || key === 'ArrowRight' ? shape.length - 1 : key === 'ArrowUp' || key === 'ArrowDown' ? shape.length - 2 : key === 'PageUp' || key === 'PageDown' ? shape.length - 3 : -1
  if (axis < 0) return null
  if (at === null) return shape.map((size) => Math.floor(size / 2))
  const step = ['ArrowRight', 'ArrowDown', 'PageDown'].includes(key) ? by : -by
  return at.map((place, i) => (i === axis ? Math.min(Math.max(place + step, 0), (shape[i] ?? 1) - 1) : place))
}
