import { describe, expect, it } from 'vitest'
import { along, css, DARK, gradient, inkOn, LIGHT, packed, ramp, RAMP_SIZE, unpacked, wheel } from './colour'

describe('ramps', () => {
  it('run from blue through the page to red', () => {
    const { table } = ramp('signed', LIGHT)
    expect(unpacked(table[0] ?? 0)).toEqual([0x21, 0x66, 0xac])
    expect(unpacked(table[RAMP_SIZE - 1] ?? 0)).toEqual([0xb2, 0x18, 0x2b])
    expect(along([[0, 0, 255], LIGHT.page, [255, 0, 0]], 0.5)).toEqual(LIGHT.page)
  })

  it('have the dark page at zero in the dark', () => {
    const middle = unpacked(ramp('signed', DARK).table[RAMP_SIZE / 2] ?? 0)
    middle.forEach((channel, i) => expect(Math.abs(channel - (DARK.page[i] ?? 0))).toBeLessThanOrEqual(3))
  })

  it('grow steadily brighter in viridis and grey', () => {
    for (const kind of ['unsigned', 'grey'] as const) {
      const light = [...ramp(kind, LIGHT).table].map((c) => unpacked(c).reduce((sum, part) => sum + part, 0))
      for (let i = 16; i < RAMP_SIZE; i += 16) expect(light[i] ?? 0).toBeGreaterThan(light[i - 16] ?? 0)
    }
  })

  it('go from end to end as a gradient', () => {
    const colours = ramp('unsigned', LIGHT)
    const stops = gradient(colours).match(/rgb\([^)]*\)/g) ?? []
    expect(stops[0]).toBe(css(unpacked(colours.table[0] ?? 0)))
    expect(stops.at(-1)).toBe(css(unpacked(colours.table.at(-1) ?? 0)))
  })

  it('pack and unpack', () => {
    expect(unpacked(packed([1, 2, 3]))).toEqual([1, 2, 3])
  })

  it('choose ink that reads', () => {
    expect(inkOn([255, 255, 255])).toBe('black')
    expect(inkOn([0x21, 0x66, 0xac])).toBe('white')
  })

  it('give each weight its own hue', () => {
    expect(new Set(Array.from({ length: 9 }, (_, i) => wheel(i, 9))).size).toBe(9)
  })
})
