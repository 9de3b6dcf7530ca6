/** What a report page carries: a manifest that says what is shown, and the recorded answers, packed. */

export type ShownMaps = { readonly layer: string; readonly first: number; readonly count: number }

export type Manifest = {
  readonly title: string
  /** When it was made, for people. */
  readonly made: string
  /** What made it: name and version, one each. */
  readonly versions: readonly (readonly [string, string])[]
  readonly network: string
  readonly input: string
  /** Where the network comes from: file, size, checksum. */
  readonly source: readonly (readonly [string, string])[]
  /** Inputs that are drawn as maps, having no picture of their own. */
  readonly inputs: readonly ShownMaps[]
  /** Layers whose maps are shown. */
  readonly layers: readonly ShownMaps[]
  readonly units: readonly { readonly address: string; readonly why: string }[]
  /** Receptive field of a unit of each layer, as text. */
  readonly sees: Readonly<Record<string, string>>
  /** What was left out or down-sampled, a sentence each. */
  readonly notes: readonly string[]
}

export function readManifest(page: Document): Manifest {
  return JSON.parse(textOf(page, 'striate-manifest')) as Manifest
}

/** The recorded answers: base64 of deflated bytes. */
export async function readAnswers(page: Document): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(textOf(page, 'striate-answers').trim()), (letter) => letter.charCodeAt(0))
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))).arrayBuffer()
}

function textOf(page: Document, id: string): string {
  const text = page.getElementById(id)?.textContent
  if (typeof text !== 'string') throw new Error(`the report has no part "${id}": the file is damaged`)
  return text
}
