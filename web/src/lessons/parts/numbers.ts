/** Arrays of an answer as plain numbers, and numbers that were typed. */

import { count } from '../../draw/numbers'
import { typedNumber } from '../../draw/typed'
import type { Arrays } from '../../protocol/connection'
import type { Tensor } from '../../protocol/frame'

export function numbersOf(arrays: Arrays | undefined, name: string): number[] {
  const found = arrays?.get(name)
  return found === undefined ? [] : Array.from(found.data, Number)
}

export function shapeOf(arrays: Arrays | undefined, name: string): readonly number[] {
  return arrays?.get(name)?.shape ?? []
}

/** Of a volume the plane in the middle of its depth; what has no depth as it is. */
export function middlePlane(map: Tensor): Tensor {
  const [depth = 1, ...plane] = map.shape
  if (plane.length < 2) return map
  const size = plane.reduce((product, length) => product * length, 1)
  const from = Math.floor(depth / 2) * size
  return { ...map, shape: plane, data: map.data.slice(from, from + size) }
}

export type Bounds = { readonly least?: number; readonly most?: number; readonly whole?: boolean }

/** A number as somebody has typed it; or why it is none that may be. */
export function readNumber(text: string, { least = -Infinity, most = Infinity, whole = false }: Bounds = {}): { readonly value: number; readonly why: null } | { readonly why: string } {
  const plain = text.trim()
  const value = typedNumber(plain)
  const right = Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value))
  if (right) return { value, why: null }
  const kind = whole ? 'whole number' : 'number'
  const range = Number.isFinite(least) && Number.isFinite(most) ? ` from ${count(least)} to ${count(most)}` : ''
  return { why: plain === '' ? `expected a ${kind}${range}` : `"${plain}" is not a ${kind}${range}` }
}
