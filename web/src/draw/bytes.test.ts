import { expect, it } from 'vitest'
import { bytesText } from './bytes'

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1536, '1.54 kB'],
  [602_240, '602 kB'],
  [999_600, '1 MB'],
  [12_345_678, '12.3 MB'],
  [7e12, '7000 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
