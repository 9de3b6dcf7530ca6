import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../protocol/frame'
import { pixelOf } from './pixel'

describe('a pixel', () => {
  const picture: Tensor = { dtype: 'uint8', shape: [2, 3, 3], data: Uint8Array.from({ length: 18 }, (_, i) => i) }

  it('is found by row and column', () => expect(pixelOf(picture, [1, 2])).toEqual([15, 16, 17]))
  it('is none outside, or without a picture', () => {
    expect(pixelOf(picture, [2, 0])).toBeNull()
    expect(pixelOf(picture, [0, 3])).toBeNull()
    expect(pixelOf(picture, [1])).toBeNull()
    expect(pixelOf(undefined, [0, 0])).toBeNull()
  })
})
