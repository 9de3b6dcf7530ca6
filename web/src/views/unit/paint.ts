/** The colours of cells that hold figures. */

import { css, inkOn, unpacked, type Ramp, type Rgb } from '../../draw/colour'
import { coloursOf } from '../../draw/heatmap'
import type { Scale } from '../../draw/scale'

export type Paint = { readonly ground: string; readonly ink: string }

const kept = new Map<number, Paint>()

/** Ground and readable ink for each number on a scale. */
export function paintsOf(data: readonly number[], scale: Scale, ramp: Ramp): Paint[] {
  return Array.from(coloursOf({ width: data.length, height: 1, data }, scale, ramp), (colour) => {
    let paint = kept.get(colour)
    if (paint === undefined) {
      const rgb: Rgb = unpacked(colour)
      paint = { ground: css(rgb), ink: inkOn(rgb) }
      kept.set(colour, paint)
    }
    return paint
  })
}
