import { expect, it } from 'vitest'
import { queued } from './wishes'

it('keeps the newest of a drag and every edit of its own, in their order', () => {
  const edits = [{ stroke: 1, n: 1 }, { stroke: 1, n: 2 }, { stroke: 0, n: 3 }, { stroke: 0, n: 4 }, { stroke: 1, n: 5 }, { stroke: 2, n: 6 }, { stroke: 2, n: 7 }]
  expect(edits.reduce<readonly { stroke: number; n: number }[]>((waiting, edit) => queued(waiting, edit), []).map(({ n }) => n)).toEqual([2, 3, 4, 5, 7])
})
