import { describe, expect, it } from 'vitest'
import { LIGHT, ramp, RAMP_SIZE } from './colour'
import { drawKernels, kernelAt, kernelGrid, cornerOfKernel } from './kernels'

const signed = ramp('signed', LIGHT)

describe('kernels', () => {
  it('are as large as the rows allow', () => {
    expect(kernelGrid(3, [3, 3], 800).cell).toBe(10)
    expect(kernelGrid(256, [3, 3], 800)).toMatchObject({ cell: 6, across: 38 })
    expect(kernelGrid(256, [], 800)).toMatchObject({ rows: 1, columns: 1, cell: 16 })
    expect(kernelGrid(4, [3, 5, 5], 800)).toMatchObject({ rows: 5, columns: 17 })
  })

  it('are found under the pointer', () => {
    const grid = kernelGrid(20, [3, 3], 200)
    for (const i of [0, 5, 19]) {
      const { x, y } = cornerOfKernel(i, grid)
      expect(kernelAt(x + 1, y + 1, 20, grid)).toBe(i)
    }
    expect(kernelAt(3 * grid.cell + 1, 1, 20, grid)).toBe(-1)
    expect(kernelAt(1, 1e4, 20, grid)).toBe(-1)
  })

  it('show every tap of every slice', () => {
    const taps = [2, 1, 1]
    const grid = kernelGrid(1, taps, 100)
    const { pixels, width } = drawKernels([-1, 1], 1, taps, grid, { kind: 'signed', low: -1, high: 1 }, signed)
    expect(width).toBe(30)
    expect(pixels[0]).toBe(signed.table[0])
    expect(pixels[15]).toBe(0)
    expect(pixels[29]).toBe(signed.table[RAMP_SIZE - 1])
  })
})
