/** Kernels of a filter as pictures in a grid: one for each input channel, its slices side by side. */

import { blank, drawMap, type Picture } from './heatmap'
import type { Ramp } from './colour'
import type { Scale } from './scale'

export type KernelGrid = {
  /** Sizes of one kernel in cells as drawn: a volume's slices stand side by side, one cell apart. */
  readonly rows: number
  readonly columns: number
  readonly cell: number
  readonly across: number
  /** Pixels from one kernel to the next. */
  readonly stepX: number
  readonly stepY: number
  readonly width: number
  readonly height: number
}

const CELLS = [10, 8, 6, 4, 3, 2] as const

/** A grid for `count` kernels of these taps in a width: cells as large as leaves at most `most` rows of them. */
export function kernelGrid(count: number, taps: readonly number[], width: number, most = 8): KernelGrid {
  const [slices, rows, columns] = taps.length === 3 ? [taps[0] ?? 1, taps[1] ?? 1, taps[2] ?? 1] : [1, taps.length === 2 ? (taps[0] ?? 1) : 1, taps[taps.length - 1] ?? 1]
  const drawn = slices * columns + slices - 1
  const single = rows === 1 && drawn === 1
  const grid = (cell: number): KernelGrid => {
    const gap = single ? 2 : Math.max(3, cell / 2)
    const across = Math.max(1, Math.floor((width + gap) / (drawn * cell + gap)))
    const stepX = drawn * cell + gap
    const stepY = rows * cell + gap
    return { rows, columns: drawn, cell, across, stepX, stepY, width: Math.min(across, count) * stepX - gap, height: Math.ceil(count / across) * stepY - gap }
  }
  const sizes = single ? [16, 14, 12, ...CELLS] : CELLS
  const grids = sizes.map(grid)
  const last = grids.find(({ across, columns, cell }) => Math.ceil(count / across) <= most && columns * cell <= width) ?? grids.at(-1)
  if (last === undefined) throw new RangeError('no size for kernels')
  return last
}

export function cornerOfKernel(i: number, { across, stepX, stepY }: KernelGrid): { x: number; y: number } {
  return { x: (i % across) * stepX, y: Math.floor(i / across) * stepY }
}

/** The kernel under a point; -1 between kernels or behind the last. */
export function kernelAt(x: number, y: number, count: number, grid: KernelGrid): number {
  const [column, row] = [Math.floor(x / grid.stepX), Math.floor(y / grid.stepY)]
  const i = row * grid.across + column
  const inside = x - column * grid.stepX < grid.columns * grid.cell && y - row * grid.stepY < grid.rows * grid.cell
  return inside && x >= 0 && y >= 0 && column < grid.across && i < count ? i : -1
}

export function drawKernels(weights: ArrayLike<number>, count: number, taps: readonly number[], grid: KernelGrid, scale: Scale, ramp: Ramp): Picture {
  const picture = blank(Math.ceil(grid.width), Math.ceil(grid.height))
  const columns = taps[taps.length - 1] ?? 1
  const slices = taps.length === 3 ? (taps[0] ?? 1) : 1
  const size = grid.rows * columns
  for (let i = 0; i < count; i++) {
    const { x, y } = cornerOfKernel(i, grid)
    for (let slice = 0; slice < slices; slice++) {
      const start = (i * slices + slice) * size
      const data = Array.from({ length: size }, (_, j) => weights[start + j] ?? NaN)
      drawMap(picture, { width: columns, height: grid.rows, data }, scale, ramp, Math.floor(x) + slice * (columns + 1) * grid.cell, Math.floor(y), grid.cell)
    }
  }
  return picture
}
