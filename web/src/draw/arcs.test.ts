import { expect, it } from 'vitest'
import { arcPath, linkPath, thickness } from './arcs'

it('arcs start and end on the base, and are level at the top', () => {
  expect(arcPath(10, 110, 50, 20)).toBe('M10 50C10 20 10 20 50 20L70 20C110 20 110 20 110 50')
  expect(linkPath(0, 10, 40, 30)).toBe('M0 10C20 10 20 30 40 30')
})

it('a larger share is thicker, within bounds', () => {
  expect(thickness(0)).toBe(1)
  expect(thickness(0.5)).toBe(3.5)
  expect(thickness(7)).toBe(6)
})
