/** Steps by keyboard: to the layer beside, to the channel beside. */

import type { Layout } from '../../layout/columns'
import { nearestColumn } from '../../layout/visible'
import type { LayerInfo } from '../../protocol/messages'
import type { Unit } from '../../state/address'

export function steppedLayer(unit: Unit | null, by: number, layers: readonly LayerInfo[], layout: Layout, middle: number): Unit | null {
  const index = unit === null ? -1 : layers.findIndex(({ name }) => name === unit.layer)
  const column = index < 0 ? nearestColumn(layout.columns, middle) : (layout.columnOf[index] ?? 0) + by
  const layer = layers[layout.columns[Math.min(Math.max(column, 0), layout.columns.length - 1)]?.last ?? -1]
  if (layer === undefined) return null
  const most = (layer.channels ?? 0) - 1
  const open = unit !== null && unit.channel !== null && most >= 0
  return { layer: layer.name, channel: open ? Math.min(unit.channel ?? 0, most) : null, at: null, sample: unit?.sample ?? 0 }
}

/** The channel beside, going round; opens the first one where only a layer was chosen. */
export function steppedChannel(unit: Unit | null, by: number, layers: ReadonlyMap<string, LayerInfo>): Unit | null {
  const channels = unit === null ? 0 : (layers.get(unit.layer)?.channels ?? 0)
  if (unit === null || channels === 0) return null
  const channel = unit.channel === null ? 0 : (unit.channel + by + channels) % channels
  return { ...unit, channel, at: unit.channel === null ? null : unit.at }
}
