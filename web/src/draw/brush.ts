/** A brush over a plane of cells: which cells a stroke has covered. */

export type Cell = { readonly row: number; readonly column: number }
export type Covered = { readonly top: number; readonly left: number; readonly height: number; readonly width: number; readonly mask: Uint8Array<ArrayBuffer> }

/** A stroke, cell by cell; `size` is the brush's diameter in cells. */
export class Stroke {
  readonly cells: Uint8Array<ArrayBuffer>
  private last: Cell | null = null
  private box: { top: number; left: number; bottom: number; right: number } | null = null

  constructor(readonly height: number, readonly width: number, private readonly size: number) {
    this.cells = new Uint8Array(height * width)
  }

  /** Goes on to a cell, in a straight line from the one before. */
  to(cell: Cell): void {
    const from = this.last ?? cell
    const steps = Math.max(Math.abs(cell.row - from.row), Math.abs(cell.column - from.column), 1)
    for (let i = 0; i <= steps; i++) this.dab(from.row + ((cell.row - from.row) * i) / steps, from.column + ((cell.column - from.column) * i) / steps)
    this.last = cell
  }

  /** The smallest window that holds all covered cells; null while there are none. */
  get covered(): Covered | null {
    const { box } = this
    if (box === null) return null
    const [height, width] = [box.bottom - box.top + 1, box.right - box.left + 1]
    const mask = new Uint8Array(height * width)
    for (let row = 0; row < height; row++) mask.set(this.cells.subarray((box.top + row) * this.width + box.left, (box.top + row) * this.width + box.left + width), row * width)
    return { top: box.top, left: box.left, height, width, mask }
  }

  private dab(row: number, column: number): void {
    // An even diameter has its middle between two cells; a cell is covered if its middle is.
    const shift = this.size % 2 === 0 ? 0.5 : 0
    const [y, x, radius] = [Math.round(row) - shift, Math.round(column) - shift, this.size / 2]
    for (let r = Math.max(0, Math.ceil(y - radius)); r <= Math.min(this.height - 1, Math.floor(y + radius)); r++) {
      for (let c = Math.max(0, Math.ceil(x - radius)); c <= Math.min(this.width - 1, Math.floor(x + radius)); c++) {
        if ((r - y) ** 2 + (c - x) ** 2 > radius ** 2) continue
        this.cells[r * this.width + c] = 255
        const { box } = this
        this.box = box === null ? { top: r, left: c, bottom: r, right: c } : { top: Math.min(box.top, r), left: Math.min(box.left, c), bottom: Math.max(box.bottom, r), right: Math.max(box.right, c) }
      }
    }
  }
}

/** Samples of a signal that were drawn over: values in a straight line from one place to the next. */
export class Drawn {
  private readonly values = new Map<number, number>()
  private last: { at: number; value: number } | null = null

  to(at: number, value: number): void {
    const from = this.last ?? { at, value }
    const steps = Math.max(1, Math.abs(at - from.at))
    for (let i = 0; i <= steps; i++) this.values.set(Math.round(from.at + ((at - from.at) * i) / steps), from.value + ((value - from.value) * i) / steps)
    this.last = { at, value }
  }

  /** First sample and the values from there on; a stroke leaves no gap. */
  get window(): { readonly first: number; readonly values: Float32Array<ArrayBuffer> } {
    const places = [...this.values.keys()].sort((a, b) => a - b)
    return { first: places[0] ?? 0, values: Float32Array.from(places, (place) => this.values.get(place) ?? 0) }
  }
}
