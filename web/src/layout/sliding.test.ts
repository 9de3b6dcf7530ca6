import { expect, it } from 'vitest'

import type { Geometry } from '../protocol/messages'
import { cellAt, drawnCells, fieldReach, middleOf, placeMet, placesMet, positionAt } from './sliding'

const plain: Geometry = { kernel: [3], stride: [2], dilation: [2], pads: [[1, 1]], spread: [1], lengths: [8], counts: [3], flipped: false }
const transposed: Geometry = { kernel: [3], stride: [1], dilation: [1], pads: [[2, 2]], spread: [2], lengths: [2], counts: [5], flipped: true }

it('knows what the field holds', () => {
  expect(fieldReach(plain, 0)).toEqual({ first: -1, count: 10 })
  expect([-1, 0, 7, 8].map((place) => cellAt(plain, 0, place))).toEqual(['padding', 0, 7, 'padding'])
  expect(fieldReach(transposed, 0)).toEqual({ first: -2, count: 7 })
  expect([0, 1, 2, 3].map((place) => cellAt(transposed, 0, place))).toEqual([0, 'gap', 1, 'padding'])
})

it('lays weights on places, turned round where the kernel is', () => {
  expect([0, 1, 2].map((tap) => placeMet(plain, 0, 1, tap))).toEqual([1, 3, 5])
  expect([0, 1, 2].map((tap) => placeMet(transposed, 0, 0, tap))).toEqual([0, -1, -2])
})

it('finds the position under the pointer, and the middle of its window', () => {
  for (const geometry of [plain, transposed]) {
    for (let position = 0; position < (geometry.counts[0] ?? 0); position++) expect(positionAt(geometry, 0, middleOf(geometry, 0, position))).toBe(position)
    expect([positionAt(geometry, 0, -50), positionAt(geometry, 0, 50)]).toEqual([0, (geometry.counts[0] ?? 1) - 1])
  }
})

it('lists what a weight meets', () => {
  expect(placesMet(plain, 0, [1, 5, 2])).toEqual([1, 3, 5])
  expect(placesMet(transposed, 0, [0, 1, 1])).toEqual([0, 2])
  expect(placesMet(plain, 0, null)).toEqual([])
})

it('knows how many numbers share a drawn cell: the axis with less room decides, and padding needs room too', () => {
  const plane: Geometry = { ...plain, kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [[1, 1], [1, 1]], spread: [1, 1], lengths: [1080, 1920], counts: [1080, 1920] }
  expect(drawnCells(plane, { height: 1082, width: 1922 })).toEqual({ output: 1, input: 1 })
  // To one scale, but not where one would be half as large as it could be.
  expect(drawnCells(plane, { height: 540, width: 480 })).toEqual({ output: 5, input: 5 })
  expect(drawnCells({ ...plane, stride: [2, 2], counts: [540, 960] }, { height: 540, width: 480 })).toEqual({ output: 2, input: 5 })
  expect(drawnCells({ ...plane, spread: [2, 2], pads: [[0, 0], [0, 0]], counts: [2161, 3841] }, { height: 540, width: 480 })).toEqual({ output: 9, input: 5 })
  expect(drawnCells(plain, { height: 1, width: 1 })).toEqual({ output: 1, input: 1 })
})
