/** A map as a picture: whole-number magnification without smoothing, or each pixel the largest magnitude beneath it. */

import { NOT_A_NUMBER, packed, RAMP_SIZE, type Ramp } from './colour'
import type { Scale } from './scale'

/** A picture of packed RGBA, row by row. */
export type Picture = { readonly width: number; readonly height: number; readonly pixels: Uint32Array }

export type Plane = { readonly width: number; readonly height: number; readonly data: ArrayLike<number> }

const NAN = packed(NOT_A_NUMBER)

export function blank(width: number, height: number, colour = 0): Picture {
  return { width, height, pixels: new Uint32Array(width * height).fill(colour) }
}

/** How many device pixels a cell gets so that a map fits, a whole number and at least 1. */
export function magnification(cells: { width: number; height: number }, box: { width: number; height: number }): number {
  return Math.max(1, Math.floor(Math.min(box.width / cells.width, box.height / cells.height)))
}

/** Draws a map into a picture at (left, top), each cell `size` pixels wide; what lies outside is left out. */
export function drawMap(into: Picture, plane: Plane, scale: Scale, ramp: Ramp, left: number, top: number, size: number): void {
  const colours = coloursOf(plane, scale, ramp)
  const right = Math.min(plane.width * size, into.width - left)
  for (let y = 0; y < plane.height * size && top + y < into.height; y++) {
    const row = (top + y) * into.width + left
    if (size > 1 && y % size > 0) {
      into.pixels.copyWithin(row, row - into.width, row - into.width + right)
      continue
    }
    const source = Math.floor(y / size) * plane.width
    for (let x = 0; x < right; x++) into.pixels[row + x] = colours[source + Math.floor(x / size)] ?? 0
  }
}

/** The colour of every cell. */
export function coloursOf({ data }: Plane, { kind, low, high }: Scale, { table }: Ramp): Uint32Array {
  const colours = new Uint32Array(data.length)
  const factor = high > low ? (RAMP_SIZE - 1) / (high - low) : 0
  // Without reach everything is zero: the middle of a signed ramp, the start of another.
  const start = high > low || kind !== 'signed' ? -low * factor : (RAMP_SIZE - 1) / 2
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? NaN
    if (Number.isNaN(value)) {
      colours[i] = NAN
      continue
    }
    const place = factor === 0 ? start : value * factor + start
    colours[i] = table[place <= 0 ? 0 : place >= RAMP_SIZE - 1 ? RAMP_SIZE - 1 : (place + 0.5) | 0] ?? 0
  }
  return colours
}

/**
 * A map for a box: as it is where a cell gets at least one pixel, else a cell a pixel, each with the value of largest magnitude
 * beneath it, so that nothing vanishes.
 */
export function fitted(plane: Plane, box: { width: number; height: number }): Plane {
  const share = Math.min(box.width / plane.width, box.height / plane.height)
  if (share >= 1) return plane
  const width = Math.max(1, Math.round(plane.width * share))
  const height = Math.max(1, Math.round(plane.height * share))
  const data = new Float32Array(width * height)
  for (let y = 0; y < plane.height; y++) {
    const row = Math.floor((y * height) / plane.height) * width
    for (let x = 0; x < plane.width; x++) {
      const value = plane.data[y * plane.width + x] ?? NaN
      const cell = row + Math.floor((x * width) / plane.width)
      if (Math.abs(value) > Math.abs(data[cell] ?? 0) || Number.isNaN(value)) data[cell] = value
    }
  }
  return { width, height, data }
}

/** The most cells to ask for along an axis so that they fill a box of a length: the server leaves out whole multiples. */
export function wantedCells(cells: number, box: number): number {
  return Math.ceil(cells / Math.max(1, Math.floor(cells / Math.max(1, box))))
}

/** A picture as ImageData, for a canvas. */
export function imageData({ width, height, pixels }: Picture): ImageData {
  const bytes = new Uint8ClampedArray(width * height * 4)
  new Uint32Array(bytes.buffer).set(pixels)
  return new ImageData(bytes, width, height)
}

/** RGB planes or one grey plane, values 0 to that of white, as the colours of its cells: the input in its own colours. */
export function ownColours(planes: readonly ArrayLike<number>[], white = 255): Uint32Array {
  const [red, green = red, blue = red] = planes
  if (red === undefined || green === undefined || blue === undefined) return new Uint32Array(0)
  const level = (value: number | undefined): number => Math.min(Math.max(Math.round(((value ?? 0) * 255) / white), 0), 255)
  const colours = new Uint32Array(red.length)
  for (let i = 0; i < colours.length; i++) colours[i] = packed([level(red[i]), level(green[i]), level(blue[i])])
  return colours
}
