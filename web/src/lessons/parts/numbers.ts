/** Arrays of an answer as plain numbers. */

import type { Arrays } from '../../protocol/connection'

export function numbersOf(arrays: Arrays | undefined, name: string): number[] {
  const found = arrays?.get(name)
  return found === undefined ? [] : Array.from(found.data, Number)
}

export function shapeOf(arrays: Arrays | undefined, name: string): readonly number[] {
  return arrays?.get(name)?.shape ?? []
}

/** The index of a place in an array laid out row by row. */
export function flat(at: readonly number[], shape: readonly number[]): number {
  return at.reduce((index, step, axis) => index * (shape[axis] ?? 1) + step, 0)
}

/** The place of an index. */
export function place(index: number, shape: readonly number[]): number[] {
  const at: number[] = []
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1
    at.unshift(index % size)
    index = Math.floor(index / size)
  }
  return at
}
