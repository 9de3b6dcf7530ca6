import { expect, it } from 'vitest'
import { cellAt, magnified } from './large'

const room = { width: 560, height: 480 }

it('open maps have at least 320 pixels, by whole numbers', () => {
  expect(magnified({ width: 7, height: 7 }, room)).toEqual({ cell: 46, width: 322, height: 322 })
  expect(magnified({ width: 112, height: 112 }, room)).toEqual({ cell: 3, width: 336, height: 336 })
  expect(magnified({ width: 224, height: 224 }, room).cell).toBe(2)
  expect(magnified({ width: 300, height: 250 }, room).cell).toBe(1)
})

it('maps larger than the room shrink', () => {
  expect(magnified({ width: 1120, height: 100 }, room)).toEqual({ cell: 0.5, width: 560, height: 50 })
})

it('a point is in its cell', () => {
  const large = magnified({ width: 7, height: 5 }, room)
  expect(cellAt(large.cell * 6.9, large.cell * 4.1, { width: 7, height: 5 }, large)).toEqual({ row: 4, column: 6 })
  expect(cellAt(-1, 0, { width: 7, height: 5 }, large)).toBeNull()
  expect(cellAt(0, large.height, { width: 7, height: 5 }, large)).toBeNull()
})
