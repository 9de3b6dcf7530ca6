import { expect, it } from 'vitest'
import { pathText } from './opened'

it('writes a path without saying a word twice', () => {
  expect(pathText(['features', 'features.1', 'conv.0.0'])).toBe('features.1.conv.0.0')
  expect(pathText(['features', 'features.0', 'features.0.2'])).toBe('features.0.2')
  expect(pathText(['layer1', 'layer1.0', 'conv2'])).toBe('layer1.0.conv2')
  expect(pathText(['conv'])).toBe('conv')
})
