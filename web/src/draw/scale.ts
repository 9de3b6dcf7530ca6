/** The scale of a picture: which value has which place on the ramp, and whose extent that is. */

import type { RampKind } from './colour'

/** Whose extent colours a map: its own, that of its layer, that of the whole network. */
export type Scope = 'unit' | 'layer' | 'network'

export type Extent = { readonly min: number; readonly max: number }

export type Scale = { readonly kind: RampKind; readonly low: number; readonly high: number }

/** A scale for values of an extent: symmetrical about zero if any is negative, else from zero up. */
export function scaleOf(extent: Extent, signed = extent.min < 0): Scale {
  if (signed) {
    const reach = Math.max(Math.abs(extent.min), Math.abs(extent.max))
    return { kind: 'signed', low: -reach, high: reach }
  }
  return { kind: 'unsigned', low: 0, high: Math.max(extent.max, 0) }
}

/** The scale of a difference of maps beside them: as far, and centred on zero, so that no difference looks like none. */
export function differenceScale({ low, high }: Scale): Scale {
  return scaleOf({ min: low, max: high }, true)
}

/**
 * The scale of one map under a scope. Whether it is signed is decided by the layer (by the network in its scope), so that
 * maps beside each other never differ in what their colours mean.
 */
export function scopedScale(scope: Scope, unit: Extent, layer: Extent, network: Extent): Scale {
  if (scope === 'network') return scaleOf(network)
  return scaleOf(scope === 'unit' ? unit : layer, layer.min < 0)
}

/** The extent of finite numbers; zero to zero if there is none. */
export function extentOf(data: ArrayLike<number>): Extent {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? NaN
    if (value < min && value > -Infinity) min = value
    if (value > max && value < Infinity) max = value
  }
  return min <= max ? { min, max } : { min: 0, max: 0 }
}

/** What several maps span together; with zero, from which colours are counted. */
export function jointExtent(data: readonly ArrayLike<number>[]): Extent {
  const extents = data.map(extentOf)
  return { min: Math.min(0, ...extents.map(({ min }) => min)), max: Math.max(0, ...extents.map(({ max }) => max)) }
}

/** Place of a value on the ramp, 0 to 1; a scale without reach puts everything where zero is. */
export function placeOf(value: number, { kind, low, high }: Scale): number {
  if (high <= low) return kind === 'signed' ? 0.5 : 0
  return Math.min(Math.max((value - low) / (high - low), 0), 1)
}
