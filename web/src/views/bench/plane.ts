/** Planes of the bench as pixels: the field of the input with padding and gaps, the map that comes out. */

import { packed, unpacked, inkOn, type Ramp } from '../../draw/colour'
import { coloursOf, ownColours } from '../../draw/heatmap'
import { fitting } from '../../draw/addends'
import { scaleOf, type Extent, type Scale } from '../../draw/scale'
import type { Tensor } from '../../protocol/frame'
import type { Geometry } from '../../protocol/messages'
import { cellAt, fieldReach, LOSS } from '../../layout/sliding'

const GAP = packed([128, 128, 128]) & 0x30ffffff

/** One plane of a tensor (c, h, w) or (c, d, h, w); of a slice beyond the input null. */
export function planeOf({ shape, data }: Tensor, channel: number, slice: number | null): ArrayLike<number> | null {
  const size = (shape.at(-1) ?? 1) * (shape.at(-2) ?? 1)
  const depth = shape.length === 4 ? (shape[1] ?? 1) : 1
  if (slice !== null && (slice < 0 || slice >= depth)) return null
  const start = (channel * depth + (slice ?? 0)) * size
  return data.subarray(start, start + size)
}

/** The colours of a plane of the input: grey for brightness, three planes their own colours, else by value. */
export function inputColours(planes: readonly ArrayLike<number>[], scale: Scale, ramp: Ramp): Uint32Array {
  const [first] = planes
  if (first === undefined) return new Uint32Array(0)
  if (planes.length === 3) return ownColours(planes, 1)
  return coloursOf({ width: first.length, height: 1, data: first }, scale, ramp)
}

/** The colours of cells of the input laid out on the field. */
export function onField(colours: Uint32Array, geometry: Geometry): Uint32Array {
  const axes = geometry.lengths.length
  const [down, across] = [axes - 2, axes - 1]
  const [vertical, horizontal] = [fieldReach(geometry, down), fieldReach(geometry, across)]
  const [rows, columns] = [vertical.count, horizontal.count]
  const width = geometry.lengths[across] ?? 1
  const pixels = new Uint32Array(rows * columns)
  const cells = Array.from({ length: columns }, (_, column) => cellAt(geometry, across, horizontal.first + column))
  for (let row = 0; row < rows; row++) {
    const source = cellAt(geometry, down, vertical.first + row)
    if (source === 'padding') continue
    for (let column = 0; column < columns; column++) {
      const cell = cells[column]
      if (cell === 'padding' || cell === undefined) continue
      pixels[row * columns + column] = source === 'gap' || cell === 'gap' ? GAP : (colours[source * width + cell] ?? 0)
    }
  }
  return pixels
}

/** Figures of a plane on the field: "0" in padding and gaps, as that is what is multiplied. */
export function fieldTexts(plane: ArrayLike<number>, geometry: Geometry, characters: number, pooled: boolean): string[] {
  const axes = geometry.lengths.length
  const [down, across] = [axes - 2, axes - 1]
  const [vertical, horizontal] = [fieldReach(geometry, down), fieldReach(geometry, across)]
  const width = geometry.lengths[across] ?? 1
  return Array.from({ length: vertical.count * horizontal.count }, (_, i) => {
    const row = cellAt(geometry, down, vertical.first + Math.floor(i / horizontal.count))
    const column = cellAt(geometry, across, horizontal.first + (i % horizontal.count))
    if (typeof row === 'string' || typeof column === 'string') return pooled ? '' : '0'
    return fitting(plane[row * width + column] ?? 0, characters).text
  })
}

/** Readable ink on each colour; where there is none the page's. */
export function inksOf(pixels: Uint32Array): string[] {
  return Array.from(pixels, (colour) => (colour >>> 24 === 255 ? inkOn(unpacked(colour)) : 'var(--muted)'))
}

/** The scale of an input: pictures are grey from 0 to 1, numbers by their extent. */
export function inputScale(extent: Extent, picture: boolean): Scale {
  return picture ? { kind: 'grey', low: 0, high: 1 } : scaleOf(extent)
}

const MANY = 96
/** Cells are never larger. */
export const LARGEST = 84

/** Pixels of a cell so that rows and columns fit a room: whole ones where they are few. */
export function cellSize(rows: number, columns: number, room: { readonly width: number; readonly height: number }, most = LARGEST): number {
  const share = Math.min(room.width / columns, room.height / rows)
  // Of many cells each is small: that some are a pixel wider than others is not seen, a picture half as large is.
  return Math.min(share >= 1 && columns <= MANY ? Math.floor(share) : share, most)
}

/** The smallest cell in which figures are written, how large they are there, and how many characters it holds. */
export const FIGURES = 24
/** Values travel in single precision: more digits than these would not be theirs. */
export const SINGLE = 7
export const figureSize = (cell: number): number => Math.min(17, Math.max(9, cell / 3.1))
export const charactersIn = (cell: number): number => Math.min(Math.max(Math.floor((cell - 4) / (0.602 * figureSize(cell))), 2), SINGLE)

/** The most that a cell may have on both of two planes, so that a cell of one is as large as one of the other. */
export function sharedSize(one: number, other: number): number {
  const [less, more] = [Math.min(one, other), Math.max(one, other)]
  return less >= FIGURES || more / less <= LOSS ? less : LARGEST
}
