/** A state of the workbench, and the same as text for the address. */

import type { Tensor } from '../../protocol/frame'
import type { BenchState } from '../../protocol/messages'

export const OWN = 'own'
export const GREY = ':grey'
export const UNTRAINED = 'untrained'

/** A layer and its input; own weights and an own input are numbers beside the state. */
export type Setup = { readonly state: BenchState; readonly weight: Tensor | null; readonly input: Tensor | null }

/** Where one is on it: the shown map, the position of the window. */
export type Spot = { readonly filter: number; readonly at: readonly number[] }

export const FIRST: Setup = { state: { rank: 2, source: 'house:grey', names: ['sobel'], padding: [[1, 1]] }, weight: null, input: null }

export function tensorOf(shape: readonly number[], data: ArrayLike<number>): Tensor {
  return { dtype: 'float64', shape, data: Float64Array.from(data) }
}

export function arraysOf({ state, weight, input }: Setup): Map<string, Tensor> {
  const arrays = new Map<string, Tensor>()
  if (weight !== null && (state.names ?? []).includes('')) arrays.set('weight', weight)
  if (input !== null && state.source === OWN) arrays.set('input', input)
  return arrays
}

const cells = (sizes: readonly number[] | undefined): string => (sizes === undefined || sizes.length === 0 ? '' : new Set(sizes).size === 1 ? String(sizes[0]) : sizes.join('x'))
const pads = (padding: BenchState['padding']): string => {
  if (padding === undefined || typeof padding === 'string') return padding ?? ''
  const each = padding.map(([before, after]) => (before === after ? String(before) : `${before}+${after}`))
  return new Set(each).size === 1 ? (each[0] ?? '') : each.join('x')
}
/** Numbers written out, or the id under which the server keeps those that are too many. */
const numbers = (array: Tensor | null, id = ''): string => (id !== '' ? `@${id}` : array === null ? '' : `${array.shape.join('x')}:${Array.from(array.data, Number).join(',')}`)
const idOf = (text: string | undefined): string => (text?.startsWith('@') === true ? text.slice(1) : '')

/** What there is to say about a link to a state; "" for one that carries all that the state is made of. */
export function linkNote({ weight_id, input_id }: BenchState): string {
  return (weight_id ?? '') === '' && (input_id ?? '') === '' ? '' : 'many numbers: the link holds while this studio runs'
}

/** The state as the text behind "#"; what is as usual is left out. */
export function setupText({ state, weight, input }: Setup, { filter, at }: Spot): string {
  const parts: [string, string][] = [
    ['d', String(state.rank)],
    ['op', state.operation === undefined || state.operation === 'convolution' ? '' : state.operation],
    ['x', state.source === OWN ? '' : (state.source ?? '')],
    ['in', state.source !== OWN ? '' : numbers(input, state.input_id)],
    ['c', state.channels == null ? '' : String(state.channels)],
    ['k', runs(state.names ?? [])],
    ['w', (state.names ?? []).includes('') ? numbers(weight, state.weight_id) : ''],
    ['t', cells(state.taps)],
    ['b', Number(state.bias ?? 0) === 0 ? '' : String(state.bias)],
    ['bs', state.biased === true ? '1' : ''],
    ['s', usual(cells(state.stride), '1', state)],
    ['p', usual(pads(state.padding), '0', state)],
    ['g', usual(cells(state.dilation), '1', state)],
    ['n', (state.groups ?? 1) === 1 ? '' : String(state.groups)],
    ['def', state.definition === 'convolve' ? 'convolve' : ''],
    ['relu', state.relu === true ? '1' : ''],
    ['more', usual(cells(state.output_padding), '0', state)],
    ['ceil', state.ceil_mode === true ? '1' : ''],
    ['count', state.count_padding === true ? '1' : ''],
    ['flat', state.flatten === true ? '1' : ''],
    ['sum', state.combine === undefined || state.combine === 'magnitude' ? '' : state.combine],
    ['f', filter === 0 ? '' : String(filter)],
    ['at', at.join(',')],
  ]
  return parts.filter(([, text]) => text !== '').map((part) => part.join('=')).join('&')
}

/** A pooling's own stride is its window, so that a stride of 1 has to be said. */
function usual(text: string, what: string, { operation }: BenchState): string {
  return text === what && operation !== 'max_pool' && operation !== 'average_pool' ? '' : text
}

/** Reads it again; null where it is none. */
export function setupOf(text: string): { readonly setup: Setup; readonly spot: Spot } | null {
  const parts = new Map(text.split('&').map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))
  const rank = Number(parts.get('d'))
  if (rank !== 1 && rank !== 2 && rank !== 3) return null
  // What is no place is the first one; beyond the last one is the last one, once the output's size is known.
  const at = list(parts.get('at')).map((index) => (Number.isFinite(index) ? Math.max(0, Math.trunc(index)) : 0))
  const sizes = (name: string): number[] => spread((parts.get(name) ?? '').split('x').filter((size) => size !== '').map(Number), rank)
  const input = readNumbers(parts.get('in'))
  const state: BenchState = {
    rank,
    operation: oneOf(parts.get('op'), ['convolution', 'transposed', 'max_pool', 'average_pool'], 'convolution'),
    source: input === null && idOf(parts.get('in')) === '' ? (parts.get('x') ?? '') : OWN,
    channels: parts.has('c') ? Number(parts.get('c')) : null,
    names: parts.has('k') ? unrolled(parts.get('k') ?? '') : parts.has('w') ? [''] : [],
    taps: sizes('t'),
    bias: Number(parts.get('b') ?? 0),
    biased: parts.has('bs'),
    stride: sizes('s'),
    padding: padsOf(parts.get('p') ?? '', rank),
    dilation: sizes('g'),
    groups: Number(parts.get('n') ?? 1),
    definition: oneOf(parts.get('def'), ['correlate', 'convolve'], 'correlate'),
    relu: parts.has('relu'),
    output_padding: sizes('more'),
    ceil_mode: parts.has('ceil'),
    count_padding: parts.has('count'),
    weight_id: idOf(parts.get('w')),
    input_id: idOf(parts.get('in')),
    flatten: parts.has('flat'),
    combine: oneOf(parts.get('sum'), ['magnitude', 'sum', 'largest'], 'magnitude'),
  }
  return { setup: { state, weight: readNumbers(parts.get('w')), input }, spot: { filter: Number(parts.get('f') ?? 0), at } }
}

/** Names, those that follow each other as name*64. */
function runs(names: readonly string[]): string {
  const found: { name: string; count: number }[] = []
  for (const name of names) {
    const last = found.at(-1)
    if (last?.name === name) last.count++
    else found.push({ name, count: 1 })
  }
  return found.map(({ name, count }) => (count > 1 ? `${name}*${count}` : name)).join(',')
}

function unrolled(text: string): string[] {
  return text.split(',').flatMap((part) => {
    const [name = '', count = '1'] = part.split('*')
    return Array.from({ length: Math.min(Math.max(Number(count) || 1, 1), 4096) }, () => name)
  })
}

function oneOf<T extends string>(text: string | undefined, known: readonly T[], otherwise: T): T {
  return known.find((word) => word === text) ?? otherwise
}

const list = (text: string | undefined): number[] => (text === undefined || text === '' ? [] : text.split(',').map(Number))
const spread = (sizes: number[], rank: number): number[] => (sizes.length === 1 ? Array.from({ length: rank }, () => sizes[0] ?? 1) : sizes)

/** Padding as it stands in the address: 1, 0+1, 1x0, same, valid. */
export function padsOf(text: string, rank: number): [number, number][] | 'same' | 'valid' {
  if (text === 'same' || text === 'valid') return text
  const each = text.split(/[x×]/).filter((part) => part.trim() !== '').map((part): [number, number] => {
    const [before, after = before] = part.split('+').map(Number)
    return [before ?? 0, after ?? 0]
  })
  return each.length === 1 ? Array.from({ length: rank }, () => each[0] ?? [0, 0]) : each
}

export const padsText = pads
export const sizesText = cells

function readNumbers(text: string | undefined): Tensor | null {
  if (text === undefined) return null
  const [shape = '', data = ''] = text.split(':')
  const sizes = shape.split('x').map(Number)
  const values = list(data)
  return sizes.reduce((product, size) => product * size, 1) === values.length && values.every(Number.isFinite) ? tensorOf(sizes, values) : null
}
