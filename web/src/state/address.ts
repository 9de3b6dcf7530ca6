/** Where the studio is, as an address: `/?n=NETWORK&x=INPUT&scale=layer#layer:channel@y,x`, or `/?view=workbench#STATE`. */

import type { Scope } from '../draw/scale'

export type Unit = {
  readonly layer: string
  readonly channel: number | null
  readonly at: readonly number[] | null
  readonly sample: number
}

/** What stands on the stage; every view but the network's keeps its state behind the "#" in words of its own. */
export const VIEWS = ['network', 'workbench', 'lessons'] as const
export type View = (typeof VIEWS)[number]

export type Place = {
  readonly view: View
  /** The state of a view that is not the network's, as text. */
  readonly told: string
  readonly network: string | null
  readonly input: string | null
  readonly scope: Scope
  readonly unit: Unit | null
  readonly pins: readonly string[]
}

export const NOWHERE: Place = { view: 'network', told: '', network: null, input: null, scope: 'layer', unit: null, pins: [] }

/** A unit as text, as everywhere in striate: layer:channel@position#sample. */
export function unitText({ layer, channel, at, sample }: Unit): string {
  const parts = [layer]
  if (channel !== null) parts.push(`:${channel}`)
  if (at !== null && at.length > 0) parts.push(`@${at.join(',')}`)
  if (sample > 0) parts.push(`#${sample}`)
  return parts.join('')
}

/** Reads a unit; of all readings the one with the longest name that is known, as layers may hold ":", "@" and "#" themselves. */
export function parseUnit(text: string, known: (layer: string) => boolean): Unit | null {
  return readings(text).filter((unit) => known(unit.layer)).sort((a, b) => b.layer.length - a.layer.length)[0] ?? null
}

function readings(text: string): Unit[] {
  const found: Unit[] = []
  for (const [rest, sample] of optional(text, /^(.*)#(\d+)$/s)) {
    for (const [head, position] of optional(rest, /^(.*)@(\d+(?:,\d+)*)$/s)) {
      for (const [layer, channel] of optional(head, /^(.*):(\d+)$/s)) {
        found.push({
          layer,
          channel: channel === null ? null : Number(channel),
          at: position === null ? null : position.split(',').map(Number),
          sample: sample === null ? 0 : Number(sample),
        })
      }
    }
  }
  return found
}

function optional(text: string, pattern: RegExp): [string, string | null][] {
  const match = pattern.exec(text)
  return match === null ? [[text, null]] : [[text, null], [match[1] ?? '', match[2] ?? null]]
}

/** The address of a place, relative to the server's root. */
export function placeUrl({ view, told, network, input, scope, unit, pins }: Place): string {
  const query = new URLSearchParams()
  if (view !== NOWHERE.view) query.set('view', view)
  if (network !== null) query.set('n', network)
  if (input !== null) query.set('x', input)
  if (scope !== NOWHERE.scope) query.set('scale', scope)
  for (const pin of pins) query.append('pin', pin)
  const text = query.toString()
  const behind = view !== NOWHERE.view ? told : unit === null ? '' : unitText(unit)
  // encodeURI leaves ":", "@", "," and "/" as they are: the unit stays readable.
  return `/${text === '' ? '' : `?${text}`}${behind === '' ? '' : `#${encodeURI(behind).replaceAll('#', '%23')}`}`
}

/** The place of an address; its unit is still text, as the layers' names are known only when the network is. */
export function parseUrl(url: URL): Omit<Place, 'unit'> & { unitText: string } {
  const query = url.searchParams
  const scope = query.get('scale')
  const view = VIEWS.find((known) => known === query.get('view')) ?? NOWHERE.view
  const behind = decoded(url.hash.slice(1))
  return {
    view,
    told: view === NOWHERE.view ? '' : behind,
    network: query.get('n'),
    input: query.get('x'),
    scope: scope === 'unit' || scope === 'network' ? scope : NOWHERE.scope,
    pins: query.getAll('pin'),
    unitText: view === NOWHERE.view ? behind : '',
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
