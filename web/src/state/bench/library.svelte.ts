/** What the workbench can work with: sources, kernels of the bank, worked examples. */

import { errorText, type Arrays, type Asker, type Options } from '../../protocol/connection'
import type { BankKernel, BenchExample, BenchSource, BenchSourcesAnswer, BenchState } from '../../protocol/messages'
import { GREY, OWN, type Setup } from './setup'

export class BenchLibrary {
  answer: BenchSourcesAnswer | null = $state.raw(null)
  failure: string | null = $state(null)
  private arrays: Arrays = new Map()

  constructor(private readonly server: Asker) {}

  readonly sources: readonly BenchSource[] = $derived(this.answer?.sources ?? [])
  readonly examples: readonly BenchExample[] = $derived(this.answer?.examples ?? [])

  async load(): Promise<void> {
    try {
      const { message, arrays } = await this.server.ask('bench_sources', {})
      this.answer = message
      this.arrays = arrays
    } catch (error) {
      this.failure = errorText(error)
    }
  }

  /** The source of a state; null for numbers of its own. */
  source(state: BenchState): BenchSource | null {
    const id = (state.source ?? '').replace(new RegExp(`(${GREY}|:\\d+)$`), '').replace(/^cmapss\/.*/, 'cmapss')
    return this.sources.find((source) => source.id === id) ?? null
  }

  /** Kernels that exist for so many axes, by what they do. */
  kernels(rank: number): readonly { readonly group: string; readonly kernels: readonly BankKernel[] }[] {
    const groups = new Map<string, BankKernel[]>()
    for (const kernel of this.answer?.kernels ?? []) {
      if (kernel.ranks.includes(rank)) groups.set(kernel.group, [...(groups.get(kernel.group) ?? []), kernel])
    }
    return [...groups].map(([group, kernels]) => ({ group, kernels }))
  }

  /** A worked example as a state. */
  example(id: string): Setup | null {
    const found = this.examples.find((example) => example.id === id)
    return found === undefined ? null : { state: { ...found.state, source: OWN }, weight: this.arrays.get(`weight.${id}`) ?? null, input: this.arrays.get(`input.${id}`) ?? null }
  }

  /** Opens a file that was sent as a source. */
  async open(upload: string, options: Options): Promise<BenchSource> {
    const { message } = await this.server.ask('bench_open', { upload }, options)
    await this.load()
    return message.source
  }
}
