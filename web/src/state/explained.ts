/** An explanation as views read it: numbers instead of frames. */

import type { Arrays, Reply } from '../protocol/connection'
import type { Tensor } from '../protocol/frame'
import { toNumber, type ExplainAnswer, type OperandCells } from '../protocol/messages'
import type { Unit } from './address'

/** The window in one input channel, and what it adds. */
export type Row = {
  readonly channel: number
  readonly sum: number
  readonly window: readonly number[]
  readonly kernel: readonly number[]
  readonly products: readonly number[]
  /** False where a cell is padding, or where a tap meets none. */
  readonly inside: readonly boolean[]
  /** Position of each cell in the source. */
  readonly at: readonly (readonly number[])[]
  /** Channel of the source, of each cell. */
  readonly channels: readonly number[]
}

export type Window = {
  readonly source: string
  readonly taps: readonly number[]
  readonly channels: number
  readonly padded: number
  /** The strongest channels. */
  readonly rows: readonly Row[]
  /** How many channels are not among them, and what they add. */
  readonly rest: { readonly count: number; readonly sum: number }
}

export type Cell = { readonly number: number; readonly coefficient: number | null; readonly channel: number; readonly at: readonly number[]; readonly padding: boolean }
export type Operand = OperandCells & { readonly cells: readonly Cell[]; readonly restSum: number }

export type Explained = {
  readonly message: ExplainAnswer
  readonly unit: Unit
  readonly total: number
  readonly held: number
  readonly value: number
  readonly bias: number
  readonly divisor: number | null
  readonly winner: readonly number[] | null
  readonly window: Window | null
  readonly operands: readonly Operand[]
  readonly figures: readonly { readonly symbol: string; readonly value: number }[]
  readonly curve: { readonly x: readonly number[]; readonly y: readonly number[] } | null
}

export function explainedOf({ message, arrays }: Reply<'explain'>): Explained {
  const { unit } = message
  return {
    message,
    unit: { layer: unit.layer, channel: unit.channel, at: unit.at, sample: unit.sample },
    total: toNumber(message.total),
    held: toNumber(message.held),
    value: toNumber(message.value),
    bias: toNumber(message.bias),
    divisor: message.divisor === null ? null : toNumber(message.divisor),
    winner: message.winner,
    window: windowOf(message, arrays),
    operands: message.operands.map((operand, i) => operandOf(operand, arrays, `operand.${i}.`)),
    figures: message.figures.map(({ symbol, value }) => ({ symbol, value: toNumber(value) })),
    curve: curveOf(arrays.get('curve')),
  }
}

function windowOf({ window }: ExplainAnswer, arrays: Arrays): Window | null {
  const held = arrays.get('window')
  if (window === null || held === undefined) return null
  const size = window.taps.reduce((product, tap) => product * tap, 1)
  const shown = size === 0 ? 0 : Math.round(held.data.length / size)
  const part = (name: string, i: number): number[] => numbers(arrays.get(name), i * size, size)
  const order = arrays.get('order')?.data
  const sums = arrays.get('sums')?.data
  const places = arrays.get('cells')
  const width = places?.shape.at(-1) ?? 1
  const rows = Array.from({ length: shown }, (_, i): Row => {
    const cells = Array.from({ length: size }, (_, tap) => numbers(places, (i * size + tap) * width, width))
    const products = part('products', i)
    const channel = Number(order?.[i] ?? i)
    return {
      channel: cells.find((_, tap) => Number(arrays.get('inside')?.data[i * size + tap] ?? 1) !== 0)?.[0] ?? channel,
      sum: Number(sums?.[channel] ?? products.reduce((sum, product) => sum + product, 0)),
      window: part('window', i),
      kernel: part('kernel', i),
      products,
      inside: arrays.has('inside') ? part('inside', i).map((flag) => flag !== 0) : Array.from({ length: size }, () => true),
      at: cells.map((cell) => cell.slice(1)),
      channels: cells.map(([channel = 0]) => channel),
    }
  })
  let rest = 0
  for (let i = shown; i < window.channels; i++) rest += Number(sums?.[Number(order?.[i] ?? i)] ?? 0)
  return { source: window.source, taps: window.taps, channels: window.channels, padded: window.padded, rows, rest: { count: Math.max(0, window.channels - shown), sum: rest } }
}

function operandOf(operand: OperandCells, arrays: Arrays, prefix: string): Operand {
  const held = arrays.get(`${prefix}numbers`)
  const coefficients = arrays.get(`${prefix}coefficients`)
  const places = arrays.get(`${prefix}cells`)
  const width = places?.shape.at(-1) ?? 1
  const cells = Array.from({ length: held?.data.length ?? 0 }, (_, i): Cell => {
    const [channel = 0, ...at] = numbers(places, i * width, width)
    return { number: Number(held?.data[i]), coefficient: coefficients === undefined ? null : Number(coefficients.data[i]), channel, at, padding: channel < 0 }
  })
  return { ...operand, cells, restSum: toNumber(operand.rest) }
}

function curveOf(curve: Tensor | undefined): Explained['curve'] {
  if (curve === undefined) return null
  const length = curve.shape[1] ?? 0
  return { x: numbers(curve, 0, length), y: numbers(curve, length, length) }
}

function numbers(tensor: Tensor | undefined, from: number, count: number): number[] {
  return tensor === undefined ? [] : Array.from(tensor.data.subarray(from, from + count), Number)
}

/** One product of the window: which of the rows, which tap. */
export type Tap = { readonly row: number; readonly tap: number }

/** The products that are shown, strongest first; of a pooling the cells. */
export function ranked({ rows }: Window): Tap[] {
  const taps = rows.flatMap((row, i) => row.window.map((number, tap) => ({ row: i, tap, size: Math.abs(row.products[tap] ?? number), inside: row.inside[tap] ?? true })))
  return taps.filter(({ inside }) => inside).sort((a, b) => b.size - a.size || a.row - b.row || a.tap - b.tap).map(({ row, tap }) => ({ row, tap }))
}

/** The cell of the source behind a tap; null where it is padding or none. */
export function cellBehind({ source, rows }: Window, { row, tap }: Tap, sample: number): Unit | null {
  const found = rows[row]
  if (found === undefined || found.inside[tap] === false) return null
  return { layer: source, channel: found.channels[tap] ?? found.channel, at: found.at[tap] ?? [], sample }
}
