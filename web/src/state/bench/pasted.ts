/** Pasted layers, and the same as text for the address, behind the state of the workbench. */

/** The text with its layers, the input's shape as it was typed, and which of the layers is chosen, from 0. */
export type Pasted = { readonly text: string; readonly shape: string; readonly layer: number }

const PARTS = ['paste', 'of', 'layer', 'see']

/** What separates the parts of the address is written another way. */
const guarded = (text: string): string => text.replace(/[%&]/g, encodeURIComponent)

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** "" where nothing was pasted; `open`: whether the layers are what stands beside the bench. */
export function pastedText(pasted: Pasted | null, open: boolean): string {
  if (pasted === null) return ''
  const parts: [string, string][] = [
    ['paste', guarded(pasted.text)],
    ['of', guarded(pasted.shape.trim())],
    ['layer', pasted.layer === 0 ? '' : String(pasted.layer + 1)],
    ['see', open ? 'paste' : ''],
  ]
  return parts.filter(([, text]) => text !== '').map((part) => part.join('=')).join('&')
}

const named = (part: string): string => part.slice(0, Math.max(part.indexOf('='), 0))

/** Reads it again; null where there is none. */
export function pastedOf(told: string): { readonly pasted: Pasted; readonly open: boolean } | null {
  const parts = new Map(told.split('&').map((part): [string, string] => [named(part), part.slice(part.indexOf('=') + 1)]))
  const text = plain(parts.get('paste') ?? '')
  if (text === '') return null
  const layer = Math.floor(Number(parts.get('layer') ?? 1)) - 1
  return { pasted: { text, shape: plain(parts.get('of') ?? ''), layer: layer > 0 ? layer : 0 }, open: parts.get('see') === 'paste' }
}

/** The rest of the address: the state of the bench. */
export function besidePasted(told: string): string {
  return told.split('&').filter((part) => !PARTS.includes(named(part))).join('&')
}

export function samePasted(one: Pasted | null, other: Pasted | null): boolean {
  return one === other || (one !== null && other !== null && one.text === other.text && one.shape.trim() === other.shape.trim() && one.layer === other.layer)
}
