/** The run on the stage: the network's layers, their statistics, the input's picture, the prediction. */

import type { Extent } from '../draw/scale'
import type { Arrays, Asker } from '../protocol/connection'
import { errorText } from '../protocol/connection'
import type { Tensor } from '../protocol/frame'
import type { InputPort, LayerInfo, NetworkAnswer, OutputInfo, Progress } from '../protocol/messages'
import { toNumber } from '../protocol/messages'

export type Statistics = { readonly min: number; readonly max: number; readonly mean: number; readonly deviation: number; readonly zeros: number; readonly nonfinite: number }

export class RunState {
  network: NetworkAnswer | null = $state.raw(null)
  ports: readonly InputPort[] = $state.raw([])
  pictures: ReadonlyMap<string, Tensor> = $state.raw(new Map())
  statistics: ReadonlyMap<string, Statistics> = $state.raw(new Map())
  /** Mean magnitudes of the layers that something puts together with others. */
  magnitudes: ReadonlyMap<string, number> = $state.raw(new Map())
  extent: Extent | null = $state.raw(null)
  outputs: readonly OutputInfo[] = $state.raw([])
  /** Of the edits that everything shown holds for; rises with each edit. */
  version = $state(0)
  /** Whether the input has been run, so that there are maps. */
  ready = $state(false)
  progress: Progress | null = $state.raw(null)
  failure: string | null = $state(null)
  readonly layers: readonly LayerInfo[] = $derived(this.network?.layers ?? [])
  readonly byName: ReadonlyMap<string, LayerInfo> = $derived(new Map(this.layers.map((layer) => [layer.name, layer])))
  readonly indexOf: ReadonlyMap<string, number> = $derived(new Map(this.layers.map((layer, i) => [layer.name, i])))
  private stop: AbortController | null = null

  constructor(private readonly server: Asker) {}

  /** Loads everything that the stage needs; what is drawn first is asked for first. */
  async load(network: string, input: string | null): Promise<void> {
    this.stop?.abort()
    const stop = (this.stop = new AbortController())
    const options = { signal: stop.signal, progress: (report: Progress) => (this.progress = report) }
    this.failure = null
    this.ready = false
    try {
      const fits = await this.loadLayers(network, input, options)
      this.statistics = new Map()
      this.extent = null
      this.outputs = []
      this.ports = []
      this.pictures = new Map()
      if (input === null || !fits) return
      await Promise.all([this.loadInput(network, input, options), this.loadFacts(network, input, options)])
    } catch (error) {
      if (!stop.signal.aborted) this.failure = errorText(error)
    } finally {
      if (this.stop === stop) this.progress = null
    }
  }

  /** The layers; where the input does not fit, without its sizes, and the reason stays. */
  private async loadLayers(network: string, input: string | null, options: { signal?: AbortSignal }): Promise<boolean> {
    try {
      this.network = (await this.server.ask('network', { network, input }, options)).message
      return true
    } catch (error) {
      const text = errorText(error)
      if (input === null || text === null) throw error
      this.network = (await this.server.ask('network', { network, input: null }, options)).message
      this.failure = text
      return false
    }
  }

  private async loadFacts(network: string, input: string, options: { signal?: AbortSignal }): Promise<void> {
    const [prediction] = await Promise.all([this.server.ask('prediction', { network, input, top: 5 }, options), this.loadStatistics(network, input, options)])
    this.outputs = prediction.message.outputs
    this.version = prediction.message.version
  }

  async loadStatistics(network: string, input: string, options: { signal?: AbortSignal }): Promise<void> {
    const statistics = await this.server.ask('statistics', { network, input }, options)
    const table = statistics.arrays.get('layers')?.data
    const column = (row: number, i: number): number => Number(table?.[row * 6 + i] ?? NaN)
    this.statistics = new Map(
      statistics.message.layers.map((layer, row) => [
        layer,
        { min: column(row, 0), max: column(row, 1), mean: column(row, 2), deviation: column(row, 3), zeros: column(row, 4), nonfinite: column(row, 5) },
      ]),
    )
    const magnitudes = statistics.arrays.get('magnitudes')?.data
    this.magnitudes = new Map(statistics.message.layers.map((layer, row) => [layer, Number(magnitudes?.[row] ?? NaN)]))
    this.extent = { min: toNumber(statistics.message.network[0]), max: toNumber(statistics.message.network[1]) }
  }

  /** Shows the inputs of an answer. */
  show(ports: readonly InputPort[], arrays: Arrays): void {
    this.ports = ports
    this.pictures = new Map(ports.flatMap(({ port, picture }) => {
      const found = picture === null ? undefined : arrays.get(picture)
      return found === undefined ? [] : [[port, found] as const]
    }))
  }

  private async loadInput(network: string, input: string, options: { signal?: AbortSignal }): Promise<void> {
    const { message, arrays } = await this.server.ask('input', { network, input }, options)
    this.show(message.ports, arrays)
    this.version = message.version
    this.ready = true
  }
}
