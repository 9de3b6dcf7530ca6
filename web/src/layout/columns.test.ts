import { describe, expect, it } from 'vitest'
import { layColumns } from './columns'

const widths = { wide: 100, narrow: 40, gap: 10, margin: 5 }
const layer = (path: string, wide = true): { module: string[]; wide: boolean } => ({ module: path === '' ? [] : path.split('/'), wide })
const net = [layer(''), layer('a/b'), layer('a/b'), layer('a/c'), layer('d', false), layer('a/b')]

describe('columns', () => {
  it('stand in order, one a layer, wide where there are maps', () => {
    const { columns, width, columnOf } = layColumns(net, new Set(), widths)
    expect(columns.map(({ x }) => x)).toEqual([5, 115, 225, 335, 445, 495])
    expect(width).toBe(600)
    expect(columnOf).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('have a bracket for each run of layers of a module', () => {
    const { brackets, depth } = layColumns(net, new Set(), widths)
    expect(brackets.map(({ module, layers, left, right }) => [module, layers, left, right])).toEqual([
      ['a', 3, 115, 435], ['a/b', 2, 115, 325], ['a/c', 1, 335, 435], ['d', 1, 445, 485], ['a', 1, 495, 595], ['a/b', 1, 495, 595],
    ])
    expect(depth).toBe(2)
  })

  it('fold', () => {
    const { columns, columnOf, brackets } = layColumns(net, new Set(['a']), widths)
    expect(columns.map(({ first, last, fold }) => [first, last, fold])).toEqual([[0, 0, null], [1, 3, 'a'], [4, 4, null], [5, 5, 'a']])
    expect(columnOf).toEqual([0, 1, 1, 1, 2, 3])
    expect(brackets.map(({ module, folded }) => [module, folded])).toEqual([['a', true], ['d', false], ['a', true]])
    expect(layColumns(net, new Set(['a/b']), widths).columns.length).toBe(5)
  })

  it('lay out thousands of layers quickly enough to do it on every fold', () => {
    const many = Array.from({ length: 5000 }, (_, i) => layer(`block${Math.floor(i / 10)}/part${i % 3}`))
    expect(layColumns(many, new Set(), widths).columns.length).toBe(5000)
    expect(layColumns([], new Set(), widths).width).toBe(10)
  })
})
