/** Connections between columns: neighbours are joined by a line, all others by an arc above. */

export type Edge = { readonly from: number; readonly to: number }

export type Skip = Edge & {
  /** Height of its arc, from 0 up: arcs on the same level do not meet. */
  readonly level: number
}

/** The edges between different columns, each once, without those between neighbours. */
export function skipsOf(edges: readonly Edge[], levels = 6): Skip[] {
  const skips = distinct(edges).filter(({ from, to }) => Math.abs(to - from) > 1)
  // Short ones lie lowest, so that an arc within another stays beneath it.
  skips.sort((a, b) => span(a) - span(b) || left(a) - left(b))
  const taken: Edge[][] = []
  return skips.map((edge) => {
    const free = Array.from({ length: levels }, (_, level) => level).find((level) => !(taken[level] ?? []).some((other) => meet(edge, other)))
    const level = free ?? levels - 1
    ;(taken[level] ??= []).push(edge)
    return { ...edge, level }
  })
}

/** Pairs of neighbouring columns that are joined. */
export function neighboursOf(edges: readonly Edge[]): Edge[] {
  return distinct(edges).filter(({ from, to }) => Math.abs(to - from) === 1)
}

function distinct(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.filter(({ from, to }) => from !== to).map((edge) => [`${edge.from} ${edge.to}`, edge])).values()]
}

const left = ({ from, to }: Edge): number => Math.min(from, to)
const right = ({ from, to }: Edge): number => Math.max(from, to)
const span = (edge: Edge): number => right(edge) - left(edge)
const meet = (a: Edge, b: Edge): boolean => left(a) < right(b) && left(b) < right(a)
