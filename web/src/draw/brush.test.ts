import { describe, expect, it } from 'vitest'
import { Drawn, Stroke } from './brush'

const shown = (stroke: Stroke): string[] => Array.from({ length: stroke.height }, (_, row) => Array.from(stroke.cells.subarray(row * stroke.width, (row + 1) * stroke.width), (cell) => (cell ? '#' : '.')).join(''))

describe('a brush', () => {
  it('covers as many cells across as it is wide', () => {
    for (const size of [1, 2, 3, 4, 5, 8]) {
      const stroke = new Stroke(20, 20, size)
      stroke.to({ row: 10, column: 10 })
      expect(stroke.covered).toMatchObject({ height: size, width: size })
    }
  })
  it('is round, and leaves no gap however quick the pointer is', () => {
    const stroke = new Stroke(5, 9, 5)
    stroke.to({ row: 2, column: 2 })
    expect(shown(stroke)).toEqual(['.###.....', '#####....', '#####....', '#####....', '.###.....'])
    stroke.to({ row: 2, column: 6 })
    expect(shown(stroke)).toEqual(['.#######.', '#########', '#########', '#########', '.#######.'])
  })
  it('ends at the edge', () => {
    const stroke = new Stroke(4, 4, 5)
    stroke.to({ row: 0, column: 0 })
    expect(stroke.covered).toEqual({ top: 0, left: 0, height: 3, width: 3, mask: Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 0]) })
    expect(new Stroke(4, 4, 3).covered).toBeNull()
  })
})

it('draws samples in straight lines, in either direction', () => {
  const drawn = new Drawn()
  drawn.to(4, 1)
  drawn.to(2, 0)
  drawn.to(3, 5)
  expect(drawn.window).toEqual({ first: 2, values: Float32Array.from([0, 5, 1]) })
})
