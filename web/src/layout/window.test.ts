import { describe, expect, it } from 'vitest'
import { CHARACTER, gridSize, LABEL, placeOfTap, SIGN, steppedTap, tapText, windowLayout } from './window'

describe('the window of a sum', () => {
  it('stands beside its kernel where its cells hold figures', () => {
    const layout = windowLayout([3, 3], 348)
    expect(layout.arrangement).toBe('beside')
    expect(3 * gridSize(layout, 20).width + 2 * SIGN).toBeLessThanOrEqual(348)
    expect(layout.characters * CHARACTER * layout.font).toBeLessThanOrEqual(layout.cell)
    expect(layout.characters).toBeGreaterThanOrEqual(5)
  })

  it('stands above it where it is wider: 5 × 5, five taps of a signal, three slices', () => {
    for (const [taps, width] of [[[5, 5], 348], [[7, 7], 380], [[7], 380], [[3, 3, 3], 333]] as const) {
      const layout = windowLayout(taps, width)
      expect(layout.arrangement).toBe('stacked')
      expect(gridSize(layout, 20).width + (layout.names === 'beside' ? LABEL : 0)).toBeLessThanOrEqual(width)
      expect(layout.characters).toBeGreaterThanOrEqual(4)
    }
  })

  it('is a line where it has one cell, and a drawing where figures would not fit', () => {
    expect(windowLayout([], 348).arrangement).toBe('lines')
    expect(windowLayout([1, 1], 348).arrangement).toBe('lines')
    expect(windowLayout([64], 348).arrangement).toBe('signal')
    expect(windowLayout([1024], 348).arrangement).toBe('signal')
    for (const taps of [[11, 11], [5, 5, 5], [112, 112]]) {
      const layout = windowLayout(taps, 348)
      expect(layout.arrangement).toBe('picture')
      expect(layout.cell).toBeGreaterThanOrEqual(1)
    }
    expect(windowLayout([7, 7], 348, 1)).toMatchObject({ arrangement: 'beside', rows: 7, columns: 7 })
  })

  it('has a place for every tap, slices side by side', () => {
    const layout = windowLayout([2, 3, 4], 500)
    const seen = new Set<string>()
    for (let i = 0; i < 24; i++) {
      const { row, column, slice } = placeOfTap(i, layout)
      expect(slice).toBe(Math.floor(i / 12))
      seen.add(`${row} ${column}`)
    }
    expect(seen.size).toBe(24)
    expect(placeOfTap(13, layout)).toEqual({ row: 0, column: 5, slice: 1 })
  })

  it('is walked through with the arrow keys, across slices and not beyond', () => {
    const layout = windowLayout([2, 3, 4], 500)
    expect(steppedTap(3, 'ArrowRight', layout)).toBe(12)
    expect(steppedTap(12, 'ArrowLeft', layout)).toBe(3)
    expect(steppedTap(0, 'ArrowUp', layout)).toBe(0)
    expect(steppedTap(0, 'ArrowDown', layout)).toBe(4)
    expect(steppedTap(23, 'ArrowRight', layout)).toBe(23)
    expect(steppedTap(5, 'x', layout)).toBe(5)
  })

  it('names its taps by their indices', () => {
    expect(tapText(23, [2, 3, 4])).toBe('1,2,3')
    expect(tapText(4, [5])).toBe('4')
    expect(tapText(0, [])).toBe('')
  })
})
