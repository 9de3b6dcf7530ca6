import { expect, it } from 'vitest'
import { faded } from './overlay'

it('silence lets the input through, the largest value covers it', () => {
  const picture = { width: 3, height: 1, pixels: new Uint32Array([0xff010203, 0xff010203, 0xff010203]) }
  const { pixels } = faded(picture, [0, -2, 1], { kind: 'signed', low: -2, high: 2 })
  expect([...pixels].map((colour) => colour >>> 24)).toEqual([0, 230, 115])
  expect((pixels[1] ?? 0) & 0xffffff).toBe(0x010203)
  expect((faded(picture, [1, 1, 1], { kind: 'unsigned', low: 0, high: 0 }).pixels[0] ?? 0) >>> 24).toBe(0)
})
