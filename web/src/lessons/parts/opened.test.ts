import { expect, it } from 'vitest'
import { opened, pathText, unrun } from './opened'

it('writes a path without saying a word twice', () => {
  expect(pathText(['features', 'features.1', 'conv.0.0'])).toBe('features.1.conv.0.0')
  expect(pathText(['features', 'features.0', 'features.0.2'])).toBe('features.0.2')
  expect(pathText(['layer1', 'layer1.0', 'conv2'])).toBe('layer1.0.conv2')
  expect(pathText(['conv'])).toBe('conv')
})

it('says why a network gives no numbers, and nothing while it is at work or none is open', () => {
  const place = { network: 'tiny', input: 'dot' } as Parameters<typeof opened>[0]['place']
  expect(unrun({ place, run: { ready: false, failure: 'window spans 2 cells' } })?.text).toBe('The open network does not run on this input: window spans 2 cells. Choose another input above, or drop one.')
  expect(unrun({ place, run: { ready: false, failure: null } })).toBeNull()
  expect(unrun({ place, run: { ready: true, failure: 'of another time' } })).toBeNull()
  expect(unrun({ place: { ...place, input: null }, run: { ready: false, failure: 'no input' } })).toBeNull()
})
