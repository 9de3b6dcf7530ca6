import { expect, it } from 'vitest'
import type { CmapssChoices } from '../../protocol/messages'
import { engineId, engineOf } from './engine'

const choices: CmapssChoices = {
  source: 'cmapss',
  engines: [1, 2, 3],
  cycles: [192, 287, 179],
  channels: ['s1', '1', '2', '7'].map((id) => ({ id, text: `sensor ${id}` })),
  usual: ['s1', '2', '7'],
}

it('reads an engine and its channels', () => {
  expect(engineOf('cmapss', choices)).toEqual({ engine: 1, channels: ['s1', '2', '7'] })
  expect(engineOf('cmapss/3', choices)).toEqual({ engine: 3, channels: ['s1', '2', '7'] })
  expect(engineOf('cmapss/3/7,2:30', choices)).toEqual({ engine: 3, channels: ['7', '2'] })
})

it('writes them in the order of the file', () => {
  expect(engineId({ engine: 2, channels: ['7', '2'] }, choices)).toBe('cmapss/2/2,7')
  expect(engineId({ engine: 2, channels: ['7', '2', 's1'] }, choices)).toBe('cmapss/2')
})
