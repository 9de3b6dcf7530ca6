/** Connections as SVG paths. */

/** An arc that rises from one column, runs level above the others, and comes down on another. */
export function arcPath(from: number, to: number, base: number, top: number): string {
  const bend = Math.min(Math.abs(to - from) / 2, 40)
  const way = to >= from ? 1 : -1
  return `M${from} ${base}C${from} ${top} ${from} ${top} ${from + way * bend} ${top}L${to - way * bend} ${top}C${to} ${top} ${to} ${top} ${to} ${base}`
}

/** A soft S between two thumbnails. */
export function linkPath(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2
  return `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`
}

/** Thickness of a connection: its share of the sum, from a hairline to `most`. */
export function thickness(share: number, most = 6): number {
  return 1 + Math.min(Math.max(Math.abs(share), 0), 1) * (most - 1)
}
