import { expect, it } from 'vitest'
import { NOWHERE, parseUrl, placeUrl } from '../address'
import { besidePasted, pastedOf, pastedText, samePasted, type Pasted } from './pasted'
import { setupOf } from './setup'

const SETUP = 'd=2&x=house:grey&k=sobel&p=1&at=3,4'
const texts = [
  'nn.Conv1d(17, 64, kernel_size=3, padding=1)',
  'Sequential([\n  Conv2D(8, 3, activation="relu"),  # 50% & more\n\tDense(10),\n])',
  'a%26b=1&see=paste&d=3',
  '日本 + ü #',
]

it.each(texts)('comes back from the address: %s', (text) => {
  for (const shape of ['', '3 × 32 × 32', '1x28x28']) {
    for (const layer of [0, 7]) {
      const pasted: Pasted = { text, shape, layer }
      const told = `${SETUP}&${pastedText(pasted, true)}`
      const url = new URL(placeUrl({ ...NOWHERE, view: 'workbench', told }), 'http://here')
      const again = parseUrl(url).told
      expect(again).toBe(told)
      expect(pastedOf(again)).toEqual({ pasted, open: true })
      expect(besidePasted(again)).toBe(SETUP)
      expect(setupOf(again)).toEqual(setupOf(SETUP))
    }
  }
})

it('says nothing where nothing was pasted', () => {
  expect(pastedText(null, true)).toBe('')
  expect(pastedOf(SETUP)).toBeNull()
  expect(pastedOf('paste=&of=3')).toBeNull()
  expect(besidePasted(SETUP)).toBe(SETUP)
})

it('takes an address that somebody has broken', () => {
  expect(pastedOf('paste=nn.ReLU(%)&layer=abc')).toEqual({ pasted: { text: 'nn.ReLU(%)', shape: '', layer: 0 }, open: false })
  expect(pastedOf('paste=x&layer=-4')?.pasted.layer).toBe(0)
  expect(pastedOf('paste=x&layer=2.9')?.pasted.layer).toBe(1)
})

it('tells the same from another', () => {
  const one: Pasted = { text: 'a', shape: '', layer: 0 }
  expect(samePasted(one, { ...one, shape: ' ' })).toBe(true)
  expect(samePasted(one, { ...one, layer: 1 })).toBe(false)
  expect(samePasted(one, null)).toBe(false)
  expect(samePasted(null, null)).toBe(true)
})
