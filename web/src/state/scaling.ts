/** Which scale a map is coloured by: the chosen scope, or the one that is held fast. */

import { scaleOf, scopedScale, type Extent, type Scale } from '../draw/scale'
import type { LayerInfo } from '../protocol/messages'
import type { Session } from './session.svelte'

export function scaleFor(session: Session, layer: LayerInfo, unitExtent: Extent, layerExtent: Extent): Scale {
  const { lock, editing } = session
  if (lock !== null) return { kind: lock.low < 0 ? 'signed' : 'unsigned', low: lock.low, high: lock.high }
  // Differences are signed, and zero is where nothing changed.
  if (editing.difference) return scaleOf(session.place.scope === 'unit' ? unitExtent : session.place.scope === 'layer' ? layerExtent : editing.extent, true)
  // The channels of a picture are brightness, from their least to their greatest.
  if (session.run.pictures.has(layer.name)) {
    const { min, max } = session.place.scope === 'unit' ? unitExtent : layerExtent
    return { kind: 'grey', low: min, high: max }
  }
  // The network's extent is that of its layers: an input of 0 to 255 would make everything else look silent.
  const network = layer.kind === 'Input' ? layerExtent : (session.run.extent ?? layerExtent)
  return scopedScale(session.place.scope, unitExtent, layerExtent, network)
}

/** What the legend stands for: the scale of what is under the pointer or open, and whose it is. */
export type Legend = { readonly scale: Scale; readonly of: string }

/** Whose extent a legend spans, in words. */
export function legendOwner(session: Session, layer: LayerInfo, channel: number | null): string {
  const { scope } = session.place
  const of = scope === 'unit' && channel !== null ? `${layer.label}:${channel}` : scope === 'network' && (layer.kind !== 'Input' || session.editing.difference) ? 'the network' : layer.label
  return session.editing.difference ? `difference, ${of}` : `of ${of}`
}
