import { expect, it } from 'vitest'
import { middlePlane, numbersOf, readNumber, shapeOf } from './numbers'

it('has nothing of what is not there', () => {
  expect(numbersOf(undefined, 'y')).toEqual([])
  expect(shapeOf(new Map(), 'y')).toEqual([])
})

it('reads what somebody has typed, or says why not', () => {
  expect([' −0.5 ', '1e3', '1,572,864', '.25'].map((text) => readNumber(text))).toEqual([-0.5, 1000, 1572864, 0.25].map((value) => ({ value, why: null })))
  expect(readNumber('two')).toEqual({ why: '"two" is not a number' })
  expect(readNumber('1,5')).toEqual({ value: 1.5, why: null })
  expect(readNumber('0x10')).toEqual({ why: '"0x10" is not a number' })
  expect(readNumber(' ')).toEqual({ why: 'expected a number' })
  const size = { least: 1, most: 100_000, whole: true }
  expect(readNumber('224', size)).toEqual({ value: 224, why: null })
  for (const text of ['0', '100001', '2.5', '-3', 'Infinity']) expect(readNumber(text, size)).toEqual({ why: `"${text}" is not a whole number from 1 to 100,000` })
})

it('cuts a volume through the middle', () => {
  const volume = { dtype: 'float32', shape: [3, 1, 2], data: Float32Array.from([0, 1, 2, 3, 4, 5]) } as const
  expect(middlePlane(volume)).toEqual({ dtype: 'float32', shape: [1, 2], data: Float32Array.from([2, 3]) })
  const line = { dtype: 'float32', shape: [3], data: Float32Array.from([1, 2, 3]) } as const
  expect(middlePlane(line)).toBe(line)
})
