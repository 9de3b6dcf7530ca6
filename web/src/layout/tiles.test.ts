import { describe, expect, it } from 'vitest'
import { cornerOf, pageOf, tiling } from './tiles'

const room = { width: 176, height: 476 }

describe('tiles', () => {
  it('are as large as they can be while all fit', () => {
    expect(tiling(1, [56, 56], room)).toMatchObject({ across: 1, width: 176, height: 176 })
    expect(tiling(8, [14, 14], room)).toMatchObject({ across: 2, width: 86, page: 10 })
    expect(tiling(8, [56, 56], room)).toMatchObject({ across: 3, width: 56 })
    expect(tiling(96, [56, 56], room)).toEqual({ across: 3, width: 56, height: 56, gap: 4, page: 24 })
  })

  it('waste no room on cells that do not fill them', () => {
    const tall = { width: 260, height: 800 }
    expect(tiling(96, [28, 28], tall)).toMatchObject({ across: 3, width: 84, page: 27 })
    expect(tiling(96, [56, 56], tall)).toMatchObject({ across: 4, width: 62 })
    expect(tiling(96, [112, 112], tall)).toMatchObject({ across: 3, width: 84 })
  })

  it('have the shape of the maps, within reason', () => {
    expect(tiling(96, [128, 64], room).height).toBe(112)
    expect(tiling(96, [1, 6400], room)).toMatchObject({ across: 2, height: 22 })
  })

  it('are strips for signals and small cells for vectors', () => {
    expect(tiling(64, [1000], room)).toMatchObject({ across: 1, width: 176, height: 40 })
    expect(tiling(1280, [1, 1], room)).toEqual(tiling(1280, [], room))
    expect(tiling(1000, [], room)).toMatchObject({ across: 11, width: 14, page: 319 })
  })

  it('are rows with room for their number where a vector is short', () => {
    expect(tiling(4, [], room)).toMatchObject({ across: 1, width: 120, height: 18 })
    expect(tiling(24, [], room).across).toBe(11)
  })

  it('stand in rows', () => {
    expect(cornerOf(4, tiling(96, [7, 7], room))).toEqual({ x: 60, y: 60 })
  })

  it('reach every channel exactly once over the pages', () => {
    expect(pageOf(96, 24, 99)).toEqual({ from: 72, to: 96, page: 3, pages: 4 })
    expect(pageOf(0, 24, 0)).toEqual({ from: 0, to: 0, page: 0, pages: 1 })
    const pages = Array.from({ length: pageOf(1283, 24, 0).pages }, (_, page) => pageOf(1283, 24, page))
    expect(pages.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(Array.from({ length: 1283 }, (_, i) => i))
  })
})
