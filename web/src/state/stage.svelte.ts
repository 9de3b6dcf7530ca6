/** The network view's own state: what is folded, which page of maps a layer shows, how wide a column is. */

import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import { layColumns, type Layout } from '../layout/columns'
import { skipsOf, neighboursOf, type Edge, type Skip } from '../layout/skips'
import { tiling, type Room, type Tiling } from '../layout/tiles'
import type { LayerInfo } from '../protocol/messages'
import type { RunState } from './run.svelte'
import { drawnShape, mapCount, MIDDLE, type Plane } from './views'

const COLUMN_WIDTHS = [116, 176, 260, 344] as const
export const GAP = 48
const NARROW = 116
const MARGIN = 32
export const BRACKET = 28
export const MOST_DEPTH = 3
export const LEVEL = 9
/** Name, facts, and the line that joins the columns. */
export const HEAD = 96
export const PAGER = 30

export class Stage {
  readonly folded = new SvelteSet<string>()
  readonly pages = new SvelteMap<string, number>()
  private chosen: number | null = $state(null)
  left = $state(0)
  width = $state(0)
  height = $state(0)
  // A tall stage, a projector's, has room for larger maps.
  private readonly zoom: number = $derived(this.chosen ?? (this.height > 840 ? 2 : 1))
  readonly column: number = $derived(COLUMN_WIDTHS[this.zoom] ?? 176)

  constructor(private readonly run: RunState, private readonly plane: () => Plane = () => MIDDLE) {}

  readonly layout: Layout = $derived.by(() => {
    const laid = this.run.layers.map((layer) => ({ module: layer.module, wide: (layer.channels ?? 0) > 0 }))
    return layColumns(laid, this.folded, { wide: this.column, narrow: NARROW, gap: GAP, margin: MARGIN })
  })

  /** The graph's edges between columns. */
  private readonly edges: readonly Edge[] = $derived.by(() => {
    const { columnOf } = this.layout
    return this.run.layers.flatMap((layer, i) =>
      layer.operands.flatMap(({ source }) => {
        const from = columnOf[this.run.indexOf.get(source) ?? -1]
        const to = columnOf[i]
        return from === undefined || to === undefined ? [] : [{ from, to }]
      }),
    )
  })
  readonly skips: readonly Skip[] = $derived(skipsOf(this.edges))
  readonly neighbours: readonly Edge[] = $derived(neighboursOf(this.edges))
  readonly depth: number = $derived(Math.min(this.layout.depth, MOST_DEPTH))
  readonly arcs: number = $derived(this.skips.reduce((most, { level }) => Math.max(most, level + 1), 0) * LEVEL + (this.skips.length > 0 ? 14 : 4))
  /** Where the columns' heads begin. */
  readonly top: number = $derived(this.depth * BRACKET + this.arcs)
  readonly room: Room = $derived({ width: this.column, height: Math.max(60, this.height - this.top - HEAD - PAGER) })

  /** The layer whose maps a column shows: of a folded module its last. */
  layerOf(column: number): LayerInfo | undefined {
    return this.run.layers[this.layout.columns[column]?.last ?? -1]
  }

  tilingOf(layer: LayerInfo, taken = 0): Tiling {
    const spatial = drawnShape(layer, this.plane()).map((size) => size ?? 1)
    return tiling(mapCount(layer), spatial, { width: this.room.width, height: Math.max(24, this.room.height - taken) })
  }

  /** Pixels that something else than maps takes at the head of a layer's room: the input's picture, the output's ranks. */
  takenBy(layer: LayerInfo): number {
    const picture = this.run.pictures.get(layer.name)
    if (picture !== undefined) return Math.round((this.column * (picture.shape[0] ?? 1)) / (picture.shape[1] ?? 1)) + 8
    const ranks = this.ranksOf(layer).length
    return ranks > 0 ? ranks * 20 + 12 : 0
  }

  ranksOf(layer: LayerInfo): readonly { index: number; label: string; probability: number }[] {
    if (!layer.output) return []
    const output = this.run.outputs.find(({ name }) => name === layer.name) ?? (this.run.outputs.length === 1 ? this.run.outputs[0] : undefined)
    return (output?.ranks ?? []).map(({ index, label, probability }) => ({ index, label, probability: Number(probability) }))
  }

  zoomBy(by: number): void {
    this.chosen = Math.min(Math.max(this.zoom + by, 0), COLUMN_WIDTHS.length - 1)
  }

  fold(module: string): void {
    if (!this.folded.delete(module)) this.folded.add(module)
  }

  /** The share of what a layer puts together that comes by one of its operands: of the mean magnitudes. Null where that is not known. */
  shareOf(from: LayerInfo, to: LayerInfo): number | null {
    if (to.operands.length < 2) return null
    const magnitudes = to.operands.map(({ source }) => this.run.magnitudes.get(source) ?? NaN)
    const sum = magnitudes.reduce((total, magnitude) => total + magnitude, 0)
    return sum > 0 ? (this.run.magnitudes.get(from.name) ?? NaN) / sum : null
  }
}
