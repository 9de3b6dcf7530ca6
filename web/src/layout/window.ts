/** How the window of a sum is laid out in the inspector: grids side by side, one above the other, lines, or pictures without figures. */

/**
 * beside: window × kernel = products in one row of small grids. stacked: the three one above the other, as long as the width lets each
 * cell hold figures. lines: a line for each cell, of windows with one. signal, picture: too many cells for figures.
 */
export type Arrangement = 'beside' | 'stacked' | 'lines' | 'signal' | 'picture'

export type WindowLayout = {
  readonly arrangement: Arrangement
  /** Cells of one grid, slices of a volume side by side. */
  readonly rows: number
  readonly columns: number
  /** Slices of a volume; 1 otherwise. */
  readonly slices: number
  /** Pixels. */
  readonly cell: number
  /** Characters that a cell holds. */
  readonly characters: number
  /** Names stand beside stacked grids, or above them where slices take the width. */
  readonly names: 'beside' | 'above'
  /** Size of the figures. */
  readonly font: number
}

/** Width of a character of the monospaced fonts in use, of the font's size. */
export const CHARACTER = 0.602
export const SIGN = 14
export const LABEL = 62
export const SLICE_GAP = 6
const PADDING = 2
const LEAST = 33
const MOST = 62
const MOST_FIGURES = 64

/** Lays out windows of the given taps for a width in pixels; `grids` is 3 for a sum of products, 1 for a pooling. */
export function windowLayout(taps: readonly number[], width: number, grids = 3): WindowLayout {
  const size = taps.reduce((product, tap) => product * tap, 1)
  const slices = taps.length === 3 ? (taps[0] ?? 1) : 1
  const rows = taps.length > 1 ? (taps[taps.length - 2] ?? 1) : 1
  const columns = taps[taps.length - 1] ?? 1
  const laid = (arrangement: Arrangement, cell: number): WindowLayout => {
    const pixels = Math.min(Math.floor(cell), MOST)
    const font = pixels >= 44 ? 11.5 : 10
    return { arrangement, rows, columns, slices, cell: pixels, characters: Math.max(3, Math.floor((pixels - PADDING) / (CHARACTER * font))), names: slices > 1 ? 'above' : 'beside', font }
  }
  if (size === 1) return laid('lines', MOST)
  if (size > MOST_FIGURES) return laid(rows === 1 && slices === 1 ? 'signal' : 'picture', pictureCell(rows, columns, slices, width, grids))
  const gaps = (slices - 1) * SLICE_GAP
  const beside = (width - (grids - 1) * SIGN - grids * gaps) / (grids * columns * slices)
  if (beside >= LEAST) return laid('beside', beside)
  const stacked = (width - (slices > 1 ? 2 : LABEL) - gaps) / (columns * slices)
  if (stacked >= LEAST) return laid('stacked', stacked)
  return laid(rows === 1 && slices === 1 ? 'signal' : 'picture', pictureCell(rows, columns, slices, width, grids))
}

function pictureCell(rows: number, columns: number, slices: number, width: number, grids: number): number {
  const across = (width - (grids - 1) * SIGN - grids * (slices - 1) * SLICE_GAP) / (grids * columns * slices)
  return Math.max(1, Math.min(across, 12, 120 / rows))
}

/** Grid place of the tap with a flat index: row, and column counted through all slices; `slice` says how many gaps lie before it. */
export function placeOfTap(i: number, { rows, columns }: WindowLayout): { row: number; column: number; slice: number } {
  const slice = Math.floor(i / (rows * columns))
  const within = i % (rows * columns)
  return { row: Math.floor(within / columns), column: slice * columns + (within % columns), slice }
}

/** Pixels of a grid. */
export function gridSize({ rows, columns, slices, cell }: WindowLayout, height: number): { width: number; height: number } {
  return { width: columns * slices * cell + (slices - 1) * SLICE_GAP, height: rows * height }
}

/** The tap in a direction from another, within the grid; volumes are walked through as they stand, side by side. */
export function steppedTap(i: number, key: string, layout: WindowLayout): number {
  const { rows, columns, slices } = layout
  const { row, column } = placeOfTap(i, layout)
  const to = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1] }[key]
  if (to === undefined) return i
  const [nextRow = row, nextColumn = column] = to
  if (nextRow < 0 || nextRow >= rows || nextColumn < 0 || nextColumn >= columns * slices) return i
  return Math.floor(nextColumn / columns) * rows * columns + nextRow * columns + (nextColumn % columns)
}

/** A tap as text: its indices in the kernel. */
export function tapText(i: number, taps: readonly number[]): string {
  const indices: number[] = []
  for (let axis = taps.length - 1; axis >= 0; axis--) {
    const size = taps[axis] ?? 1
    indices.unshift(i % size)
    i = Math.floor(i / size)
  }
  return indices.join(',')
}
