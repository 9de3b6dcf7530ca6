/** What is open in the studio, for lessons on one's own network and picture. */

import type { Session } from '../../state/session.svelte'

/** The module's path, where the exporter has made a name up for the node. */
export function layerLabel({ run }: Session, layer: string): string {
  const known = run.byName.get(layer)
  return known === undefined || layer.endsWith(known.label) ? layer : [...known.module, known.label].join('.')
}

/** Null while there is not both. */
export function opened({ place: { network, input } }: Session): { readonly network: string; readonly input: string } | null {
  return network !== null && input !== null ? { network, input } : null
}
