/** Which maps a layer shows, and how they are asked for: its channels, or one line; of volumes the plane that all show. */

import type { LayerInfo, Slice } from '../protocol/messages'

/** The plane that the thumbnails of all volumes show: an axis, and how far along it, 0 to 1. */
export type Plane = { readonly axis: 0 | 1 | 2; readonly part: number }

export const MIDDLE: Plane = { axis: 0, part: 0.5 }
export const AXIS_NAMES = ['d', 'h', 'w'] as const

type Shaped = Pick<LayerInfo, 'line' | 'channels' | 'spatial'>

/** Maps of a layer: its channels, or one where the channels are the places of a signal. */
export const mapCount = ({ line, channels }: Shaped): number => (line !== '' ? 1 : (channels ?? 0))

/** Sizes of a map of a layer. */
export const mapShape = ({ line, channels, spatial }: Shaped): readonly (number | null)[] => (line !== '' ? [channels] : spatial)

/** The slice of a layer's volumes in a plane; null where its maps are none, or where a size is not known. */
export function sliceOf({ spatial }: Shaped, { axis, part }: Plane): Slice | null {
  const size = spatial.length === 3 ? spatial[axis] : null
  return size == null ? null : { axis, index: Math.min(size - 1, Math.floor(part * size)) }
}

/** What is drawn of a map: of a volume one plane of it. */
export function drawnShape(layer: Shaped, { axis }: Plane): readonly (number | null)[] {
  const shape = mapShape(layer)
  return shape.length === 3 ? shape.filter((_, i) => i !== axis) : shape
}
