import { expect, it } from 'vitest'
import { written } from './written'

it('writes a formula as people do', () => {
  expect(written('floor((10 + 2*0 - 1*(4 - 1) - 1)/1) + 1')).toBe('⌊(10 + 2·0 − 1·(4 − 1) − 1)/1⌋ + 1')
  expect(written('64*3*3*3 + 64')).toBe('64·3·3·3 + 64')
  expect(written('ceil(16/2)')).toBe('⌈16/2⌉')
  expect(written('7')).toBe('7')
})
