/** What of the network is in sight: only that is ever mounted. */

export type Span = { readonly x: number; readonly width: number }

/** Indices [from, to) of the columns that meet [left, right); columns lie in order. */
export function visibleRange(columns: readonly Span[], left: number, right: number): { from: number; to: number } {
  const from = firstIndex(columns, (column) => column.x + column.width > left)
  const to = firstIndex(columns, (column) => column.x >= right)
  return { from, to: Math.max(to, from) }
}

/** The column whose middle is nearest to x. */
export function nearestColumn(columns: readonly Span[], x: number): number {
  const after = firstIndex(columns, (column) => column.x + column.width / 2 >= x)
  const distance = (i: number): number => {
    const column = columns[i]
    return column === undefined ? Infinity : Math.abs(column.x + column.width / 2 - x)
  }
  return distance(after - 1) < distance(after) ? after - 1 : Math.min(after, columns.length - 1)
}

function firstIndex(columns: readonly Span[], holds: (column: Span) => boolean): number {
  let [low, high] = [0, columns.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const column = columns[middle]
    if (column !== undefined && holds(column)) high = middle
    else low = middle + 1
  }
  return low
}
