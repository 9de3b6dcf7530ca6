/** The network as columns from left to right, one a layer in topological order; a folded module is one column. */

export type LaidLayer = {
  /** Modules around it, outermost first. */
  readonly module: readonly string[]
  /** Whether it has maps to show: a layer without (a shape, a constant) gets a narrow column. */
  readonly wide: boolean
}

export type Column = {
  readonly index: number
  readonly x: number
  readonly width: number
  /** Layers that it stands for, both ends included. */
  readonly first: number
  readonly last: number
  /** The folded module, if it is one. */
  readonly fold: string | null
}

export type Bracket = {
  readonly module: string
  readonly label: string
  readonly depth: number
  readonly left: number
  readonly right: number
  readonly layers: number
  readonly folded: boolean
}

export type Widths = { readonly wide: number; readonly narrow: number; readonly gap: number; readonly margin: number }

export type Layout = {
  readonly columns: readonly Column[]
  readonly brackets: readonly Bracket[]
  /** Column of each layer. */
  readonly columnOf: readonly number[]
  readonly width: number
  readonly depth: number
}

export const moduleKey = (path: readonly string[]): string => path.join('/')

export function layColumns(layers: readonly LaidLayer[], folded: ReadonlySet<string>, widths: Widths): Layout {
  const columns: Column[] = []
  const columnOf: number[] = []
  let x = widths.margin
  for (let first = 0; first < layers.length; ) {
    const fold = foldedAround(layers[first], folded)
    const last = fold === null ? first : endOfRun(layers, first, fold.depth)
    const wide = layers.slice(first, last + 1).some((layer) => layer.wide)
    const width = wide ? widths.wide : widths.narrow
    for (let i = first; i <= last; i++) columnOf.push(columns.length)
    columns.push({ index: columns.length, x, width, first, last, fold: fold?.key ?? null })
    x += width + widths.gap
    first = last + 1
  }
  const brackets = bracketsOf(layers, columns, columnOf, folded)
  const depth = brackets.reduce((most, bracket) => Math.max(most, bracket.depth + 1), 0)
  return { columns, brackets, columnOf, width: x + widths.margin - (columns.length > 0 ? widths.gap : 0), depth }
}

function foldedAround(layer: LaidLayer | undefined, folded: ReadonlySet<string>): { key: string; depth: number } | null {
  if (layer === undefined || folded.size === 0) return null
  for (let depth = 1; depth <= layer.module.length; depth++) {
    const key = moduleKey(layer.module.slice(0, depth))
    if (folded.has(key)) return { key, depth }
  }
  return null
}

/** The last of the layers, from `first` on, that share its outermost `depth` modules. */
function endOfRun(layers: readonly LaidLayer[], first: number, depth: number): number {
  const path = layers[first]?.module.slice(0, depth) ?? []
  let last = first
  while (last + 1 < layers.length && path.every((part, i) => layers[last + 1]?.module[i] === part)) last++
  return last
}

function bracketsOf(layers: readonly LaidLayer[], columns: readonly Column[], columnOf: readonly number[], folded: ReadonlySet<string>): Bracket[] {
  const brackets: Bracket[] = []
  const add = (from: number, to: number, depth: number): void => {
    for (let first = from; first <= to; ) {
      const path = layers[first]?.module.slice(0, depth + 1) ?? []
      const last = path.length > depth ? Math.min(endOfRun(layers, first, depth + 1), to) : first
      if (path.length > depth) {
        const [begin, end] = [columns[columnOf[first] ?? 0], columns[columnOf[last] ?? 0]]
        if (begin === undefined || end === undefined) return
        const module = moduleKey(path)
        const isFolded = folded.has(module)
        brackets.push({ module, label: path[depth] ?? '', depth, left: begin.x, right: end.x + end.width, layers: last - first + 1, folded: isFolded })
        if (!isFolded) add(first, last, depth + 1)
      }
      first = last + 1
    }
  }
  add(0, layers.length - 1, 0)
  return brackets
}
