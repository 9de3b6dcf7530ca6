/** What is open in the studio, for lessons on one's own network and picture. */

import type { Session } from '../../state/session.svelte'

/** The module's path, where the exporter has made a name up for the node. */
export function layerLabel({ run }: Session, layer: string): string {
  const known = run.byName.get(layer)
  return known === undefined || layer.endsWith(known.label) ? layer : pathText([...known.module, known.label])
}

/** A path in one line. A part whose words stand in the next one again, as features in features.0, is left out. */
export function pathText(parts: readonly string[]): string {
  return parts.filter((part, i) => !parts[i + 1]?.startsWith(`${part}.`)).join('.')
}

/** Null while there is not both. */
export function opened({ place: { network, input } }: Pick<Session, 'place'>): { readonly network: string; readonly input: string } | null {
  return network !== null && input !== null ? { network, input } : null
}

/** Why there are no numbers of the open network, where it does not run on the open input; else null. */
export function unrun(session: Pick<Session, 'place'> & { readonly run: Pick<Session['run'], 'ready' | 'failure'> }): { readonly text: string } | null {
  const { ready, failure } = session.run
  if (opened(session) === null || ready || failure === null) return null
  return { text: `The open network does not run on this input: ${failure}. Choose another input above, or drop one.` }
}
