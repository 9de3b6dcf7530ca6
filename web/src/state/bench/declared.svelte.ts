/** Layers as they were pasted: what was answered about them, and which one is chosen. Needs nothing but somebody to ask. */

import { ConnectionLost, errorText, type Asker } from '../../protocol/connection'
import type { BenchDeclareAnswer } from '../../protocol/messages'
import type { Pasted } from './pasted'

const FIRST = 'nn.Conv1d(17, 64, kernel_size=3, padding=1)'

/** What is asked; `step`: whether it is another text or shape, so that back undoes it. */
type Wish = { readonly pasted: Pasted; readonly step: boolean }

export class Declared {
  /** What stands in the two fields. */
  text = $state(FIRST)
  shape = $state('')
  /** The chosen layer; it runs ahead of the answer. */
  layer = $state(0)
  answer: BenchDeclareAnswer | null = $state.raw(null)
  /** What the answer is about. */
  asked: Pasted | null = $state.raw(null)
  /** What is wrong, and with which of the two fields. */
  wrong: { readonly field: 'line' | 'shape'; readonly text: string } | null = $state.raw(null)
  /** Whether an answer is awaited. */
  asking = $state(false)
  /** How often another text or shape was explained. */
  steps = $state(0)
  private turn = 0
  private lost: Wish | null = null

  constructor(private readonly server: Asker) {}

  /** Explains what stands in the fields. */
  async explain(): Promise<void> {
    const pasted = { text: this.text, shape: this.shape, layer: 0 }
    const { asked } = this
    const step = asked === null || asked.text !== pasted.text || asked.shape !== pasted.shape
    this.layer = step ? 0 : this.layer
    await this.ask({ pasted: { ...pasted, layer: this.layer }, step })
  }

  /** Another one of the layers. */
  async choose(layer: number): Promise<void> {
    const { asked, answer } = this
    if (asked === null || answer === null) return
    this.layer = Math.min(Math.max(layer, 0), answer.stack.rows.length - 1)
    await this.ask({ pasted: { ...asked, layer: this.layer }, step: false })
  }

  /** What an address says; null for nothing pasted. */
  async show(pasted: Pasted | null): Promise<void> {
    if (pasted === null) {
      this.turn++
      this.answer = this.asked = this.wrong = this.lost = null
      this.asking = false
      return
    }
    this.text = pasted.text
    this.shape = pasted.shape
    this.layer = pasted.layer
    await this.ask({ pasted, step: false })
  }

  /** Asks anew what the server was gone for. */
  resume(): void {
    if (this.lost !== null) void this.ask(this.lost)
  }

  private async ask(wish: Wish): Promise<void> {
    const mine = ++this.turn
    const { pasted, step } = wish
    this.lost = null
    this.asking = true
    try {
      const answer = await this.told(pasted)
      if (mine !== this.turn) return
      this.answer = answer
      this.layer = answer.layer
      this.asked = { ...pasted, layer: answer.layer }
      this.wrong = null
      if (step) this.steps++
    } catch (error) {
      if (mine !== this.turn) return
      if (error instanceof ConnectionLost) this.lost = wish
      else await this.refuse(pasted, error, mine)
    } finally {
      if (mine === this.turn) this.asking = false
    }
  }

  private async told({ text, shape, layer }: Pasted): Promise<BenchDeclareAnswer> {
    return (await this.server.ask('bench_declare', { text, shape, layer })).message
  }

  /** A text that is right by itself is wrong because of the shape. */
  private async refuse(pasted: Pasted, error: unknown, mine: number): Promise<void> {
    const alone = pasted.shape.trim() !== '' && (await this.told({ ...pasted, shape: '' }).then(() => true, () => false))
    if (mine !== this.turn) return
    this.wrong = { field: alone ? 'shape' : 'line', text: errorText(error) ?? '' }
    this.answer = null
    this.asked = null
  }
}
