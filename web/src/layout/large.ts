/** How large an open map is drawn: by a whole number, at least 320 pixels where the room allows. */

export type Magnified = {
  /** Pixels of a cell; less than 1 where several cells share a pixel. */
  readonly cell: number
  readonly width: number
  readonly height: number
}

const LEAST = 320

export function magnified(cells: { width: number; height: number }, room: { width: number; height: number }, least = LEAST): Magnified {
  const longest = Math.max(cells.width, cells.height, 1)
  const fits = Math.min(room.width / cells.width, room.height / cells.height)
  if (fits < 1) return { cell: fits, width: Math.max(1, Math.round(cells.width * fits)), height: Math.max(1, Math.round(cells.height * fits)) }
  const cell = Math.max(1, Math.min(Math.ceil(least / longest), Math.floor(fits)))
  return { cell, width: cells.width * cell, height: cells.height * cell }
}

/** The cell under a point of the drawn map; null outside. */
export function cellAt(x: number, y: number, cells: { width: number; height: number }, { cell }: Magnified): { row: number; column: number } | null {
  const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)]
  return column >= 0 && row >= 0 && column < cells.width && row < cells.height ? { row, column } : null
}
