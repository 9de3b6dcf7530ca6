import { expect, it } from 'vitest'
import { planeOf } from './volume'

it('planes of a volume are its cells', () => {
  const shape = [2, 3, 4]
  const data = Float32Array.from({ length: 24 }, (_, i) => i)
  const at = (d: number, h: number, w: number): number => (d * 3 + h) * 4 + w
  const across = [planeOf(data, shape, 0, 1), planeOf(data, shape, 1, 2), planeOf(data, shape, 2, 3)]
  expect(across.map(({ width, height }) => [height, width])).toEqual([[3, 4], [2, 4], [2, 3]])
  expect(across[0]?.data[1 * 4 + 2]).toBe(at(1, 1, 2))
  expect(across[1]?.data[1 * 4 + 3]).toBe(at(1, 2, 3))
  expect(across[2]?.data[1 * 3 + 2]).toBe(at(1, 2, 3))
})
