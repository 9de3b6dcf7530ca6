/** One map drawn into a tile of a canvas: a picture, a line, or a single cell. */

import { css, inkOn, unpacked, type Ramp } from './colour'
import { coloursOf, drawMap, fitted, imageData, blank, magnification } from './heatmap'
import { heightOf, linePath, withZero } from './lines'
import { about } from './numbers'
import type { Scale } from './scale'

export type Tile = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Ink = { readonly line: string; readonly zero: string; readonly ground: string }

/** Numbers of one map: `drawn` are its sizes, (), (l,) or (h, w). */
export type Drawable = { readonly drawn: readonly number[]; readonly data: ArrayLike<number>; readonly band: { low: ArrayLike<number>; high: ArrayLike<number> } | null }

const ROOM_FOR_NUMBER = 90

/** Draws in device pixels; `tile` is in CSS pixels. */
export function drawTile(canvas: CanvasRenderingContext2D, map: Drawable, scale: Scale, ramp: Ramp, tile: Tile, density: number, ink: Ink): void {
  const [left, top] = [Math.round(tile.x * density), Math.round(tile.y * density)]
  const [width, height] = [Math.round(tile.width * density), Math.round(tile.height * density)]
  if (map.drawn.length === 1 && (map.drawn[0] ?? 0) > 1) {
    drawLine(canvas, map, scale, { x: left, y: top, width, height }, density, ink)
    return
  }
  if (map.drawn.length < 2) {
    const colour = unpacked(coloursOf({ width: 1, height: 1, data: map.data }, scale, ramp)[0] ?? 0)
    canvas.fillStyle = css(colour)
    canvas.fillRect(left, top, width, height)
    if (tile.width < ROOM_FOR_NUMBER) return
    canvas.fillStyle = inkOn(colour)
    canvas.font = `${12 * density}px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace`
    canvas.textBaseline = 'middle'
    canvas.fillText(about(map.data[0] ?? NaN, 5), left + 6 * density, top + height / 2)
    return
  }
  const [rows = 1, columns = 1] = map.drawn
  const plane = fitted({ width: columns, height: rows, data: map.data }, { width, height })
  const size = magnification(plane, { width, height })
  const picture = blank(plane.width * size, plane.height * size)
  drawMap(picture, plane, scale, ramp, 0, 0, size)
  canvas.putImageData(imageData(picture), left + Math.floor((width - picture.width) / 2), top + Math.floor((height - picture.height) / 2))
}

function drawLine(canvas: CanvasRenderingContext2D, { data, band }: Drawable, scale: Scale, { x, y, width, height }: Tile, density: number, ink: Ink): void {
  const extent = withZero({ min: scale.low, max: scale.high })
  canvas.save()
  canvas.beginPath()
  canvas.rect(x, y, width, height)
  canvas.clip()
  canvas.translate(x, y)
  canvas.fillStyle = ink.ground
  canvas.fillRect(0, 0, width, height)
  canvas.fillStyle = ink.zero
  canvas.fillRect(0, Math.round(heightOf(0, extent, height)), width, 1)
  canvas.strokeStyle = ink.line
  canvas.lineWidth = density
  canvas.lineJoin = 'round'
  canvas.stroke(new Path2D(band === null ? linePath(data, width, height, extent) : linePath(interleaved(band.low, band.high), width, height, extent)))
  canvas.restore()
}

/** Least and greatest of each cell in turn: a line through them covers all that lay between. */
function interleaved(low: ArrayLike<number>, high: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: 2 * low.length }, (_, i) => (i % 2 === 0 ? low : high)[i >> 1] ?? NaN)
}
