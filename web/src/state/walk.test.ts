import { describe, expect, it } from 'vitest'
import type { Unit } from './address'
import { before, deeper, exchanged, placeOn } from './walk'

const unit = (layer: string, ...at: number[]): Unit => ({ layer, channel: 0, at, sample: 0 })
const [pixel, first, second, third] = [unit('input', 1, 1), unit('conv1', 1, 1), unit('conv2', 1, 0), unit('conv3', 0, 0)]

describe('the walk down', () => {
  it('puts each cell in front of the one that it came from', () => {
    const one = deeper([third], third, second)
    expect(one).toEqual([second, third])
    expect(deeper(one, second, first)).toEqual([first, second, third])
    expect(deeper([], third, second)).toEqual([second, third])
  })

  it('forgets another way that went deeper', () => {
    const trail = [pixel, first, second, third]
    expect(deeper(trail, third, unit('conv2', 5, 5))).toEqual([unit('conv2', 5, 5), third])
    expect(exchanged(trail, second, unit('conv2', 2, 2))).toEqual([unit('conv2', 2, 2), third])
    expect(exchanged([third], unit('other'), second)).toEqual([second])
  })

  it('goes back to where it came from, and knows where it is', () => {
    const trail = [pixel, first, second, third]
    expect(before(trail, pixel)).toEqual(first)
    expect(before(trail, third)).toBeNull()
    expect(before(trail, unit('other'))).toBeNull()
    expect(placeOn(trail, second)).toBe(2)
  })
})
