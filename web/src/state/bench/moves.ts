/** From one kind of state to another: what is kept, and what has to be something that exists there. */

import type { BenchState } from '../../protocol/messages'

type Operation = NonNullable<BenchState['operation']>

/** The first state of each number of axes. */
export const STARTS: Record<1 | 2 | 3, BenchState> = {
  1: { rank: 1, source: 'ecg', names: ['derivative'], padding: [[1, 1]] },
  2: { rank: 2, source: 'house:grey', names: ['sobel'], padding: [[1, 1], [1, 1]] },
  3: { rank: 3, source: 'ball', names: ['sobel'], padding: [[1, 1], [1, 1], [1, 1]] },
}

export const isPooling = (operation: BenchState['operation']): boolean => operation === 'max_pool' || operation === 'average_pool'

/** Another operation on the same input. */
export function operated(state: BenchState, operation: Operation): Partial<BenchState> {
  const all = (value: number): number[] => Array.from({ length: state.rank }, () => value)
  const plain = { operation, padding: 'valid' as const, dilation: all(1), output_padding: [], groups: 1 }
  if (isPooling(operation)) {
    const kept = isPooling(state.operation)
    return { ...plain, names: [], taps: kept ? (state.taps ?? all(2)) : all(2), stride: kept ? (state.stride ?? []) : [], definition: 'correlate', padding: kept ? (state.padding ?? 'valid') : 'valid' }
  }
  const names = isPooling(state.operation) ? (STARTS[state.rank as 2].names ?? []) : (state.names ?? [])
  const taps = isPooling(state.operation) ? [] : (state.taps ?? [])
  return { ...plain, names, taps, stride: all(operation === 'transposed' ? 2 : 1), padding: operation === 'transposed' ? 'valid' : (STARTS[state.rank as 2].padding ?? 'valid') }
}
