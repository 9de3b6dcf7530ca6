/** Where a window lies on the cells of an input: padding and gaps (of a transposed convolution) are cells of the field too. */

import type { Geometry, Size } from '../protocol/messages'

/** A cell of the field: which cell of the input it is, or what else. */
export type FieldCell = number | 'padding' | 'gap'

/** First cell and number of cells of the field along an axis, as wide as the windows and the input reach. */
export function fieldReach({ pads, spread, lengths }: Geometry, axis: number): { first: number; count: number } {
  const [before = 0, after = 0] = pads[axis] ?? [0, 0]
  const inner = ((lengths[axis] ?? 1) - 1) * (spread[axis] ?? 1) + 1
  return { first: -before, count: before + inner + Math.max(after, 0) }
}

/** What a place of the field holds along an axis. */
export function cellAt({ spread, lengths }: Geometry, axis: number, place: number): FieldCell {
  const step = spread[axis] ?? 1
  if (place < 0 || place > ((lengths[axis] ?? 1) - 1) * step) return 'padding'
  return place % step === 0 ? place / step : 'gap'
}

/** The place of the field that a weight meets at a position, along an axis. */
export function placeMet({ kernel, stride, dilation, pads, flipped }: Geometry, axis: number, position: number, tap: number): number {
  const lies = flipped ? (kernel[axis] ?? 1) - 1 - tap : tap
  return (stride[axis] ?? 1) * position - (pads[axis]?.[0] ?? 0) + (dilation[axis] ?? 1) * lies
}

/** Cells that the window spans along an axis. */
export function spanOf({ kernel, dilation }: Geometry, axis: number): number {
  return ((kernel[axis] ?? 1) - 1) * (dilation[axis] ?? 1) + 1
}

/** The position whose window has its middle nearest to a place of the field. */
export function positionAt(geometry: Geometry, axis: number, place: number): number {
  const before = geometry.pads[axis]?.[0] ?? 0
  const wanted = Math.round((place + before - (spanOf(geometry, axis) - 1) / 2) / (geometry.stride[axis] ?? 1))
  return Math.min(Math.max(wanted, 0), (geometry.counts[axis] ?? 1) - 1)
}

/** Where the window's middle lies in the field, along an axis. */
export function middleOf(geometry: Geometry, axis: number, position: number): number {
  return (geometry.stride[axis] ?? 1) * position - (geometry.pads[axis]?.[0] ?? 0) + (spanOf(geometry, axis) - 1) / 2
}

/** Places of the field along an axis that a weight ever meets an input's cell at: those cells' places. */
export function placesMet({ spread }: Geometry, axis: number, meets: readonly [number, number, number] | null | undefined): number[] {
  if (meets === null || meets === undefined) return []
  const [first, last, step] = meets
  const places: number[] = []
  for (let cell = first; cell <= last; cell += step) places.push(cell * (spread[axis] ?? 1))
  return places
}

/** One picture may be this much smaller than it could be, so that both are drawn to the same scale. */
export const LOSS = 1.5

/** Numbers along an axis for which a drawn cell stands where there is room for so many: of output and input, as the server has it. */
export function drawnCells(geometry: Geometry, size: Size): { output: number; input: number } {
  const axes = geometry.counts.length
  if (axes < 2) return { output: 1, input: 1 }
  const rooms = [[axes - 2, size.height], [axes - 1, size.width]] as const
  // Numbers to a pixel: the axis with less room decides, and where both pictures have one scale the larger picture.
  const output = Math.max(...rooms.map(([axis, room]) => (geometry.counts[axis] ?? 1) / room))
  const input = Math.max(...rooms.map(([axis, room]) => fieldReach(geometry, axis).count / room))
  const more = Math.max(output, input)
  const both = more <= LOSS * Math.min(output, input)
  const spread = Math.min(...rooms.map(([axis]) => geometry.spread[axis] ?? 1))
  return { output: Math.max(1, Math.ceil(both ? more : output)), input: Math.max(1, Math.ceil((both ? more : input) / spread)) }
}
