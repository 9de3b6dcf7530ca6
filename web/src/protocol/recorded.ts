/**
 * Answers that were recorded (a report's): the same frames that the server would send, each with what was asked in its head. They
 * are found again by what a question is about; how much of it was wanted does not matter, the answer says how much it holds.
 */

import { ServerError, type Arrays, type Asked, type Asker, type Reply } from './connection'
import { readFrame, type Tensor } from './frame'
import type { Answer, Answers, MapsInfo, MapsView, RequestType } from './messages'

type Fields = Readonly<Record<string, unknown>>
type Exchange = { readonly asked: Fields; readonly message: Answers[RequestType]; readonly arrays: Arrays }

/** What a question is about, and what it means to leave that out. */
const SUBJECT: Fields = { layer: null, channel: null, at: [], sample: 0, follow: 'structure' }

const ALIGNMENT = 8

export class Recorded implements Asker {
  private readonly exchanges = new Map<string, Exchange[]>()

  /** Reads frames that lie one behind the other, each behind its length (u32 little-endian, padded to 8 bytes). */
  constructor(frames: ArrayBuffer) {
    const view = new DataView(frames)
    for (let place = 0; place < frames.byteLength; ) {
      const length = view.getUint32(place, true)
      place += ALIGNMENT
      this.add(frames.slice(place, place + length))
      place += length
    }
  }

  ask<T extends RequestType>(type: T, request: Asked<T>): Promise<Reply<T>> {
    try {
      return Promise.resolve(this.find(type, request))
    } catch (error) {
      // Whoever asks may leave a gap where the answer would be: a report that lacks something says so where it can be found.
      console.warn(`not recorded: ${type}`, JSON.stringify(request))
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  find<T extends RequestType>(type: T, request: Asked<T>): Reply<T> {
    const exchanges = this.exchanges.get(type) ?? []
    const found = type === 'maps' ? mapsAmong(exchanges, (request as Asked<'maps'>).view) : exchanges.find(({ asked }) => sameSubject(asked, request as Fields))
    if (found === undefined) throw notHere(type, request as Fields)
    return found as unknown as Reply<T>
  }

  private add(frame: ArrayBuffer): void {
    const { head, arrays } = readFrame(frame)
    const { asked, quantised, ...message } = head
    const answer = message as unknown as Answer
    const list = this.exchanges.get(answer.type) ?? []
    list.push({ asked: asked as Fields, message: answer as Answers[RequestType], arrays: quantised === true ? restored(arrays) : arrays })
    this.exchanges.set(answer.type, list)
  }
}

function notHere(type: RequestType, { layer, channel, at, view }: Fields): ServerError {
  const name = layer ?? (view as MapsView | undefined)?.layer ?? ''
  const unit = `${String(name)}${typeof channel === 'number' ? `:${channel}` : ''}${Array.isArray(at) && at.length > 0 ? `@${at.join(',')}` : ''}`
  return new ServerError({ id: 0, type: 'error', kind: 'NotRecorded', request: type, message: `${unit === '' ? type : unit} is not in this report; striate open shows everything` })
}

function sameSubject(asked: Fields, request: Fields): boolean {
  return Object.entries(SUBJECT).every(([key, missing]) => !(key in asked) || JSON.stringify(asked[key] ?? missing) === JSON.stringify(request[key] ?? missing))
}

/** The recorded maps of a layer that hold the wanted ones; of several, those with the fewest. */
function mapsAmong(exchanges: readonly Exchange[], { layer, sample = 0, first = 0, count = 24, slice = null }: MapsView): Exchange | undefined {
  const infoOf = ({ message }: Exchange): MapsInfo => (message as Answers['maps']).info
  const found = exchanges
    .filter((exchange) => {
      const [info, asked] = [infoOf(exchange), exchange.asked['view'] as MapsView]
      const last = Math.min(first + count, info.channels)
      const sameSlice = JSON.stringify(asked.slice ?? null) === JSON.stringify(slice) || JSON.stringify(info.slice) === JSON.stringify(slice)
      return info.layer === layer && info.sample === sample && sameSlice && info.first <= first && last <= info.first + info.count
    })
    .sort((a, b) => infoOf(a).count - infoOf(b).count)[0]
  return found === undefined ? undefined : part(found, infoOf(found), first, count)
}

function part(exchange: Exchange, info: MapsInfo, first: number, count: number): Exchange {
  const from = first - info.first
  const to = Math.min(from + count, info.count)
  if (from === 0 && to === info.count) return exchange
  const arrays = new Map([...exchange.arrays].map(([name, { dtype, shape, data }]): [string, Tensor] => {
    const each = data.length / (shape[0] ?? 1)
    return [name, { dtype, shape: [to - from, ...shape.slice(1)], data: data.subarray(from * each, to * each) }]
  }))
  return { ...exchange, message: { ...(exchange.message as Answers['maps']), info: { ...info, first, count: to - from } }, arrays }
}

/**
 * Thumbnails come in 255 levels: 0 stands for what is no number; of a map with a negative number 128 is zero and 1 and 255 are its
 * largest magnitude; of others 1 is zero and 255 the greatest number. Zero is exact, all else is within 1/250 of the map's reach.
 */
function restored(arrays: Arrays): Arrays {
  const [maps, extents] = [arrays.get('maps'), arrays.get('extents')]
  if (maps === undefined || extents === undefined) return arrays
  const each = maps.data.length / Math.max(1, maps.shape[0] ?? 1)
  const data = new Float32Array(maps.data.length)
  for (let i = 0; i < data.length; i++) {
    const map = Math.floor(i / each)
    const [low, high] = [Number(extents.data[2 * map]), Number(extents.data[2 * map + 1])]
    const code = Number(maps.data[i])
    data[i] = code === 0 ? NaN : low < 0 ? ((code - 128) / 127) * Math.max(-low, high) : ((code - 1) / 254) * high
  }
  return new Map([...arrays, ['maps', { dtype: 'float32', shape: maps.shape, data }]])
}
