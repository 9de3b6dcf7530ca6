/** The pixel of the input's picture behind a cell of the input. */

import type { Tensor } from '../../protocol/frame'

/** Red, green and blue of a picture (h, w, 3) at a position; null where there is none. */
export function pixelOf(picture: Tensor | undefined, at: readonly number[]): [number, number, number] | null {
  const [height = 0, width = 0, parts = 3] = picture?.shape ?? []
  const [row = -1, column = -1] = at
  if (picture === undefined || at.length !== 2 || row < 0 || row >= height || column < 0 || column >= width) return null
  const start = (row * width + column) * parts
  return [Number(picture.data[start]), Number(picture.data[start + 1]), Number(picture.data[start + 2])]
}
