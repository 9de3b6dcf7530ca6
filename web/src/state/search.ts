/** Finding a layer by part of its name or kind, or a unit by its address. */

import type { LayerInfo } from '../protocol/messages'
import { unitText, type Unit } from './address'

export type Hit = { readonly text: string; readonly note: string; readonly unit: Unit }

export function search(text: string, layers: readonly LayerInfo[], known: (text: string) => Unit | null, most = 9): Hit[] {
  const unit = known(text)
  const direct = unit === null ? [] : [{ text: unitText(unit), note: 'unit', unit }]
  const words = text.toLowerCase().split(/\s+/)
  const scored = layers.flatMap((layer) => {
    const haystack = `${layer.name} ${layer.kind}`.toLowerCase()
    return words.every((word) => haystack.includes(word)) ? [{ layer, rank: layer.name.toLowerCase().indexOf(words[0] ?? '') }] : []
  })
  // Names that begin with the word first, those that match only by their kind last.
  scored.sort((a, b) => (a.rank < 0 ? 1e6 : a.rank) - (b.rank < 0 ? 1e6 : b.rank))
  const found = every(scored.map(({ layer }) => layer))
  return [...direct, ...found.filter((hit) => hit.text !== direct[0]?.text)].slice(0, most)
}

/** Each layer, in the network's order. */
export function every(layers: readonly LayerInfo[]): Hit[] {
  return layers.map(({ name, kind }) => ({ text: name, note: kind, unit: { layer: name, channel: null, at: null, sample: 0 } }))
}

/** The next place in a list that goes round. */
export function moved(place: number, by: number, length: number): number {
  return length === 0 ? 0 : (place + by + length) % length
}
