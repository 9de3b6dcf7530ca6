/**
 * One message with its arrays as bytes, the same form both ways (see frames.py): u32 little-endian length of the JSON head, the
 * head, zeros to a multiple of 8, then the arrays, each at its offset, a multiple of 8, from the beginning of the data.
 */

const MAKERS = {
  uint8: Uint8Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const

export type Dtype = keyof typeof MAKERS
type Raw = InstanceType<(typeof MAKERS)[Dtype]>
export type Numbers = Exclude<Raw, BigInt64Array>

/** An array of a frame; whole numbers of 64 bits have become float64. */
export type Tensor = { readonly dtype: Dtype; readonly shape: readonly number[]; readonly data: Numbers }

export type Frame = { readonly head: Record<string, unknown>; readonly arrays: ReadonlyMap<string, Tensor> }

export class FrameError extends Error {}

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8

export function writeFrame(head: object, arrays: ReadonlyMap<string, Tensor> = new Map()): ArrayBuffer {
  let offset = 0
  const entries = [...arrays].map(([name, { dtype, shape, data }]) => {
    const entry = { name, dtype, shape, offset }
    offset += aligned(data.byteLength)
    return entry
  })
  const text = new TextEncoder().encode(JSON.stringify({ ...head, arrays: entries }))
  const start = aligned(4 + text.length)
  const frame = new Uint8Array(start + offset)
  new DataView(frame.buffer).setUint32(0, text.length, true)
  frame.set(text, 4)
  let place = start
  for (const { data } of arrays.values()) {
    frame.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place)
    place += aligned(data.byteLength)
  }
  return frame.buffer
}

export function readFrame(frame: ArrayBuffer): Frame {
  if (frame.byteLength < 4) throw new FrameError(`frame of ${frame.byteLength} bytes is too short`)
  const length = new DataView(frame).getUint32(0, true)
  if (4 + length > frame.byteLength) throw new FrameError(`frame of ${frame.byteLength} bytes says that its head has ${length}`)
  const parsed: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(frame, 4, length)))
  if (!isRecord(parsed)) throw new FrameError('the head of a frame is not a JSON object')
  const { arrays: entries = [], ...head } = parsed
  if (!Array.isArray(entries)) throw new FrameError('"arrays" of a frame is not a list')
  const start = aligned(4 + length)
  return { head, arrays: new Map(entries.map((entry: unknown) => tensorOf(entry, frame, start))) }
}

function tensorOf(entry: unknown, frame: ArrayBuffer, start: number): [string, Tensor] {
  if (!isRecord(entry)) throw new FrameError('an array of a frame is not described by a JSON object')
  const { name, dtype, shape, offset } = entry
  if (typeof name !== 'string' || !isDtype(dtype) || !isShape(shape) || typeof offset !== 'number') {
    throw new FrameError(`an array of a frame is described wrongly: ${JSON.stringify(entry)}`)
  }
  const size = shape.reduce((product, part) => product * part, 1)
  const maker = MAKERS[dtype]
  if (start + offset + size * maker.BYTES_PER_ELEMENT > frame.byteLength) {
    throw new FrameError(`array "${name}" of shape ${shape.join(' × ')} does not lie within its frame`)
  }
  const raw = new maker(frame, start + offset, size)
  return [name, { dtype, shape, data: raw instanceof BigInt64Array ? Float64Array.from(raw, Number) : raw }]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && value in MAKERS
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0)
}
