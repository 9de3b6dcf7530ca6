/** What is open in the studio, for lessons on one's own network and picture. */

import type { Session } from '../../state/session.svelte'

/** Null while there is not both. */
export function opened({ place: { network, input } }: Session): { readonly network: string; readonly input: string } | null {
  return network !== null && input !== null ? { network, input } : null
}
