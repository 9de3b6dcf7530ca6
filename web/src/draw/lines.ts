/** 1-D maps as lines. */

import type { Extent } from './scale'

/** Vertical place of a value in a box of a height, the extent's top at `inset` below the upper edge. */
export function heightOf(value: number, { min, max }: Extent, height: number, inset = 1): number {
  const reach = max - min
  return reach > 0 ? height - inset - ((value - min) / reach) * (height - 2 * inset) : height / 2
}

/** An extent that holds zero, so that a zero line can be drawn. */
export function withZero({ min, max }: Extent): Extent {
  return { min: Math.min(min, 0), max: Math.max(max, 0) }
}

/** An SVG path of a signal. Where several values share a pixel column it goes through their least and largest, so that no peak vanishes. */
export function linePath(data: ArrayLike<number>, width: number, height: number, extent: Extent): string {
  const steps: string[] = []
  let pen = false
  const to = (x: number, value: number): void => {
    if (!Number.isFinite(value)) {
      pen = false
      return
    }
    steps.push(`${pen ? 'L' : 'M'}${round(x)} ${round(heightOf(value, extent, height))}`)
    pen = true
  }
  const columns = Math.max(1, Math.floor(width))
  if (data.length <= 2 * columns) {
    for (let i = 0; i < data.length; i++) to(placeOfSample(i, data.length, width), data[i] ?? NaN)
  } else {
    for (let column = 0; column < columns; column++) {
      const [first, last] = leastAndLargest(data, Math.floor((column * data.length) / columns), Math.floor(((column + 1) * data.length) / columns))
      to(column + 0.5, first)
      to(column + 0.5, last)
    }
  }
  return steps.join('')
}

/** Horizontal place of a sample: the middle of its share of the width. */
export function placeOfSample(i: number, length: number, width: number): number {
  return ((i + 0.5) * width) / length
}

function leastAndLargest(data: ArrayLike<number>, from: number, to: number): [number, number] {
  let least = from
  let largest = from
  for (let i = from + 1; i < to; i++) {
    if ((data[i] ?? NaN) < (data[least] ?? NaN)) least = i
    if ((data[i] ?? NaN) > (data[largest] ?? NaN)) largest = i
  }
  const [first, last] = least < largest ? [least, largest] : [largest, least]
  return [data[first] ?? NaN, data[last] ?? NaN]
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
