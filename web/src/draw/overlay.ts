/** A map over the input: the stronger a value, the less of the picture shows through. */

import type { Picture } from './heatmap'
import type { Scale } from './scale'

const MOST = 0.9

/** Sets the opacity of each pixel of a coloured map by its value's share of the scale's reach. */
export function faded({ width, height, pixels }: Picture, data: ArrayLike<number>, { low, high }: Scale): Picture {
  const reach = Math.max(Math.abs(low), Math.abs(high))
  const opaque = pixels.map((colour, i) => {
    const share = reach > 0 ? Math.min(Math.abs(data[i] ?? 0) / reach, 1) : 0
    return ((colour & 0xffffff) | (Math.round(255 * MOST * share) << 24)) >>> 0
  })
  return { width, height, pixels: opaque }
}
