/** The way down from a unit to the pixels, in the direction of the data: the deepest cell first, the unit that it began at last. */

import { unitText, type Unit } from './address'

export type Trail = readonly Unit[]

/** Where a unit stands on the trail; -1 where it does not. */
export function placeOn(trail: Trail, unit: Unit): number {
  const text = unitText(unit)
  return trail.findIndex((step) => unitText(step) === text)
}

/** The trail after a step down from a unit; what lay deeper before belongs to another way. */
export function deeper(trail: Trail, from: Unit, cell: Unit): Unit[] {
  const place = placeOn(trail, from)
  return [cell, from, ...trail.slice(place < 0 ? trail.length : place + 1)]
}

/** The trail after another cell of the same map was taken in the place of a unit. */
export function exchanged(trail: Trail, from: Unit, to: Unit): Unit[] {
  const place = placeOn(trail, from)
  return [to, ...trail.slice(place < 0 ? trail.length : place + 1)]
}

/** The unit that the way came from; null at its beginning. */
export function before(trail: Trail, unit: Unit): Unit | null {
  const place = placeOn(trail, unit)
  return place < 0 ? null : (trail[place + 1] ?? null)
}
