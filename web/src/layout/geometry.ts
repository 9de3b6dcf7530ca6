/** Where the cells of a map lie on the input: its stride and where it begins, in cells of the input. */

import { toNumber, type FieldBox } from '../protocol/messages'

/** Cell i stands for the input from start + stride * i to start + stride * (i + 1); the input's cell 0 reaches from 0 to 1. */
export type Axis = { readonly start: number; readonly stride: number }

export type Geometry = { readonly port: string; readonly axes: readonly Axis[] }

/** The geometry of a layer by the field of one of its units; null where an axis of the map is none of the input's. */
export function geometryOf(boxes: readonly FieldBox[], at: readonly number[]): Geometry | null {
  for (const { port, clipped, stride, centre } of boxes) {
    const steps = stride.map(toNumber)
    if (clipped === null || at.length === 0 || steps.length !== at.length || steps.some((step) => !(step > 0))) continue
    return { port, axes: steps.map((step, i) => ({ stride: step, start: toNumber(centre[i] ?? 0) - step * ((at[i] ?? 0) + 0.5) })) }
  }
  return null
}

/** Whether the map's cells are the input's. */
export const identical = ({ axes }: Geometry): boolean => axes.every(({ start, stride }) => stride === 1 && start === 0)

export type Tick = { readonly value: number; readonly place: number }

/** Round numbers of the input along a map of so many cells; `place` is in cells of the map, the middle of the input's cell. */
export function inputTicks({ start, stride }: Axis, cells: number, most: number): Tick[] {
  const [first, last] = [start, start + stride * cells]
  const least = (last - first) / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least) ?? 10 * power
  const found: Tick[] = []
  for (let value = Math.ceil((first - 0.5) / step) * step; value + 0.5 < last; value += step) {
    const place = (value + 0.5 - start) / stride
    // Minus zero is no number to print.
    if (place >= 0) found.push({ value: value === 0 ? 0 : value, place })
  }
  return found
}

/** The box of the whole input on a map whose cells are drawn `cell` pixels wide. */
export function inputBox([down, across]: readonly Axis[], size: { height: number; width: number }, cell: number): { left: number; top: number; width: number; height: number } | null {
  if (down === undefined || across === undefined) return null
  const [x, y] = [cell / across.stride, cell / down.stride]
  return { left: -across.start * x, top: -down.start * y, width: size.width * x, height: size.height * y }
}
