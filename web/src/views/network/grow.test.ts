import { expect, it } from 'vitest'
import { laidOnto } from './grow'

const home = { left: 100, top: 50, width: 400, height: 300 }
const tile = { left: 300, top: 150, width: 40, height: 60 }

it('begins on the thumbnail and ends at home', () => {
  expect(laidOnto(home, tile, 0)).toEqual({ x: 200, y: 100, scaleX: 0.1, scaleY: 0.2 })
  expect(laidOnto(home, tile, 1)).toEqual({ x: 0, y: 0, scaleX: 1, scaleY: 1 })
})
