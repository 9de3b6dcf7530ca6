import { expect, it } from 'vitest'
import type { LayerInfo } from '../protocol/messages'
import { every, moved, search } from './search'

const layer = (name: string, kind: string): LayerInfo => ({
  name, kind, module: [], label: name, column: 0, shape: [], channels: 1, spatial: [], parameters: 0, macs: null, facts: '', kernel: null, operands: [], line: '', signed: null, output: false,
})
const layers = [layer('stem.conv', 'Conv'), layer('conv1', 'Conv'), layer('conv1.relu', 'Relu'), layer('head', 'Gemm')]
const unit = { layer: 'conv1', channel: 3, at: null, sample: 0 }

it('finds layers by parts of name and kind, units by address', () => {
  const found = (text: string): string[] => search(text, layers, (given) => (given === 'conv1:3' ? unit : null)).map((hit) => hit.text)
  expect(found('conv')).toEqual(['conv1', 'conv1.relu', 'stem.conv'])
  expect(found('gemm')).toEqual(['head'])
  expect(found('conv relu')).toEqual(['conv1.relu'])
  expect(found('conv1:3')).toEqual(['conv1:3'])
  expect(found('pool')).toEqual([])
})

it('lists all layers in their order', () => expect(every(layers).map(({ text }) => text)).toEqual(layers.map(({ name }) => name)))

it('goes round', () => {
  expect([moved(0, -1, 3), moved(2, 1, 3), moved(0, 1, 0)]).toEqual([2, 0, 0])
})
