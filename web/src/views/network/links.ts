/** Where the edges of a map run: from the tiles of its strongest input channels, or from the pager where they are on another page. */

import { percent } from '../../draw/numbers'
import { cornerOf, pageOf } from '../../layout/tiles'
import type { Contributor } from '../../protocol/messages'
import type { RunState } from '../../state/run.svelte'
import { HEAD, type Stage } from '../../state/stage.svelte'
import type { MapUnit } from './pointed.svelte'

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Link = {
  readonly key: string
  readonly fromX: number
  readonly fromY: number
  readonly toX: number
  readonly toY: number
  readonly share: number
  readonly label: string
  /** The source's tile; null where it is on another page. */
  readonly box: Box | null
}

/** The tile of a channel in the world of the stage, and whether its page is the one shown. */
export function tileBox(name: string, channel: number, stage: Stage, run: RunState): { box: Box; shown: boolean } | null {
  const layer = run.byName.get(name)
  const column = stage.layout.columns[stage.layout.columnOf[run.indexOf.get(name) ?? -1] ?? -1]
  if (layer === undefined || column === undefined) return null
  const taken = stage.takenBy(layer)
  const tiles = stage.tilingOf(layer, taken)
  const { from, to } = pageOf(layer.channels ?? 0, tiles.page, stage.pages.get(name) ?? 0)
  const top = stage.top + HEAD + taken
  const shown = channel >= from && channel < to && stage.layerOf(column.index)?.name === name
  if (!shown) return { box: { x: column.x, y: stage.top + HEAD - 20, width: column.width, height: 20 }, shown }
  const corner = cornerOf(channel - from, tiles)
  return { box: { x: column.x + corner.x, y: top + corner.y, width: tiles.width, height: tiles.height }, shown }
}

export function linksInto(unit: MapUnit, contributors: readonly Contributor[], stage: Stage, run: RunState): Link[] {
  const target = tileBox(unit.layer, unit.channel, stage, run)
  if (target === null) return []
  let elsewhere = 0
  return contributors.flatMap(({ source, channel, share }) => {
    const found = tileBox(source, channel, stage, run)
    if (found === null) return []
    const y = found.shown ? found.box.y + found.box.height / 2 : found.box.y + 14 * elsewhere++
    const label = found.shown ? percent(Number(share)) : `:${channel} ${percent(Number(share))}`
    return [{
      key: `${source}:${channel}`, fromX: found.box.x + found.box.width, fromY: y, toX: target.box.x, toY: target.box.y + target.box.height / 2,
      share: Number(share), label, box: found.shown ? found.box : null,
    }]
  })
}
