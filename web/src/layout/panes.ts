/** Small panes of maps with the window, the receptive field or a cell framed. */

export type Frame = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
export type Span = readonly [start: number, stop: number]

/**
 * Where a map lies in a square pane: as large as whole-number cells allow, in the middle (as drawTile draws it); `drawn` are the rows and
 * columns that are drawn, () or (l,) fills the pane.
 */
export function mapFrame(drawn: readonly number[], size: number, density: number): Frame {
  if (drawn.length < 2) return { left: 0, top: 0, width: size, height: size }
  const [rows = 1, columns = 1] = drawn
  const pixels = Math.round(size * density)
  const share = Math.min(pixels / columns, pixels / rows)
  const factor = share >= 1 ? Math.floor(share) : share
  const [width, height] = [Math.max(1, Math.round(columns * factor)), Math.max(1, Math.round(rows * factor))]
  return {
    left: Math.floor((pixels - width) / 2) / density,
    top: Math.floor((pixels - height) / 2) / density,
    width: width / density,
    height: height / density,
  }
}

/** The frame of a box of cells (rows and columns, or one axis) on a map that lies in `within`; at least `least` pixels, never outside. */
export function boxFrame(box: readonly Span[], shape: readonly number[], within: Frame, least = 3): Frame {
  const [vertical, horizontal] = box.length > 1 ? box.slice(-2) : [undefined, box[0]]
  const [rows, columns] = shape.length > 1 ? shape.slice(-2) : [1, shape[0]]
  const across = span(horizontal, columns ?? 1, within.left, within.width, least)
  const down = vertical === undefined ? { start: within.top, length: within.height } : span(vertical, rows ?? 1, within.top, within.height, least)
  return { left: across.start, top: down.start, width: across.length, height: down.length }
}

function span(given: Span | undefined, cells: number, start: number, length: number, least: number): { start: number; length: number } {
  const [from, to] = given ?? [0, cells]
  const unit = length / Math.max(cells, 1)
  const wide = Math.min(Math.max((Math.min(to, cells) - Math.max(from, 0)) * unit, least), length)
  const left = start + Math.max(from, 0) * unit
  // A frame that was made wider than its cell stays on the map.
  return { start: Math.min(Math.max(left - (wide - (Math.min(to, cells) - Math.max(from, 0)) * unit) / 2, start), start + length - wide), length: wide }
}

/** The smallest box that holds all cells, an axis each; null without any. */
export function boxOf(cells: Iterable<readonly number[]>): Span[] | null {
  let box: [number, number][] | null = null
  for (const cell of cells) {
    if (box === null) box = cell.map((at) => [at, at + 1])
    else
      cell.forEach((at, axis) => {
        const side = box?.[axis]
        if (side === undefined) return
        side[0] = Math.min(side[0], at)
        side[1] = Math.max(side[1], at + 1)
      })
  }
  return box
}
