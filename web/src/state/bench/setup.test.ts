import { expect, it } from 'vitest'

import { arraysOf, FIRST, linkNote, padsOf, setupOf, setupText, tensorOf, type Setup } from './setup'

const full: Setup = {
  state: {
    rank: 2, operation: 'transposed', source: 'own', channels: 1, names: ['sobel', ''], taps: [3, 3], bias: -0.5, biased: true, stride: [2, 1], padding: [[0, 1], [1, 1]], dilation: [1, 2], groups: 1,
    definition: 'convolve', relu: true, output_padding: [1, 0], ceil_mode: false, count_padding: false, flatten: true, combine: 'sum', weight_id: '', input_id: '',
  },
  weight: tensorOf([2, 1, 3, 3], Array.from({ length: 18 }, (_, i) => i / 8)),
  input: tensorOf([1, 2, 2], [1, -2, 0.25, 4]),
}

it('comes back from its text', () => {
  const spot = { filter: 1, at: [3, 0] }
  const found = setupOf(setupText(full, spot))
  expect(found?.setup).toEqual(full)
  expect(found?.spot).toEqual(spot)
  expect(setupOf(encodeURI(setupText(full, spot)))).not.toBeNull()
})

it('has no place before the first', () => {
  expect(setupOf('d=2&x=house:grey&k=sobel&at=-5,x')?.spot.at).toEqual([0, 0])
  expect(setupOf('d=2&x=house:grey&k=sobel&at=1.5,7')?.spot.at).toEqual([1, 7])
})

it('says little where all is as usual, and a pooling says its stride', () => {
  expect(setupText(FIRST, { filter: 0, at: [] })).toBe('d=2&x=house:grey&k=sobel&p=1')
  const together = setupOf('d=2&x=house:grey&k=sobel,sobel@0&f=-1')
  expect([together?.setup.state.combine, together?.spot.filter]).toEqual(['magnitude', -1])
  const pool = setupOf('d=1&op=max_pool&x=ecg&t=2&s=1')
  expect(pool?.setup.state).toMatchObject({ taps: [2], stride: [1], names: [] })
  expect(setupText(pool?.setup ?? FIRST, { filter: 0, at: [] })).toContain('s=1')
})

it('names numbers that are too many, and says so', () => {
  const state = { ...full.state, weight_id: 'c0ffee', input_id: 'beef' }
  const text = setupText({ ...full, state }, { filter: 0, at: [] })
  expect(text).toContain('&in=@beef&')
  expect(text).toContain('&w=@c0ffee&')
  expect(setupOf(text)?.setup).toEqual({ state, weight: null, input: null })
  expect(setupOf('d=1&x=ecg&w=@c0ffee')?.setup.state).toMatchObject({ names: [''], weight_id: 'c0ffee', source: 'ecg' })
  expect([linkNote(full.state), linkNote(state)]).toEqual(['', 'many numbers: the link holds while this studio runs'])
})

it('is none where the text is none', () => {
  expect([setupOf(''), setupOf('conv:1@2,3'), setupOf('d=7')]).toEqual([null, null, null])
  expect(setupOf('d=1&k=&w=1x1x3:1,2')?.setup.weight).toBeNull()
})

it('says many filters of one name shortly', () => {
  const state = { rank: 1, source: 'noise:17x30', names: [...Array.from({ length: 64 }, () => 'untrained'), 'spike'] }
  const text = setupText({ state, weight: null, input: null }, { filter: 0, at: [] })
  expect(text).toContain('k=untrained*64,spike')
  expect(setupOf(text)?.setup.state.names).toEqual(state.names)
})

it('reads padding as it is typed', () => {
  expect([padsOf('1', 2), padsOf('0+1', 1), padsOf('1×0', 2), padsOf('same', 2)]).toEqual([[[1, 1], [1, 1]], [[0, 1]], [[1, 1], [0, 0]], 'same'])
})

it('sends numbers only where they are the state', () => {
  expect([...arraysOf(full).keys()]).toEqual(['weight', 'input'])
  expect([...arraysOf({ ...full, state: { ...full.state, names: ['sobel'], source: 'house' } }).keys()]).toEqual([])
})
