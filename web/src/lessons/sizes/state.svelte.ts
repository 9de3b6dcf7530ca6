/** How long an output is: a signal, and everything that its length depends on. */

import { row, Slide, type Numbers } from '../parts/slide.svelte'

export class Sizes extends Slide {
  length = $state(10)
  kernel = $state(3)

  begin(length: number, kernel: number, options: { stride?: number; padding?: number; dilation?: number } = {}): void {
    this.length = length
    this.kernel = kernel
    this.set(signal(length), taps(kernel), options)
  }

  resize(length: number, kernel: number): void {
    this.length = length
    this.kernel = kernel
    this.input = signal(length)
    this.weight = { shape: [1, 1, kernel], values: taps(kernel).values }
    this.restart()
  }

  /** Cells that there are with the padding; the kernel may not span more. */
  readonly room: number = $derived(this.length + 2 * this.padding)
  readonly mostTaps: number = $derived(Math.max(1, Math.floor((this.room - 1) / this.dilation) + 1))
  readonly mostDilation: number = $derived(this.kernel > 1 ? Math.max(1, Math.floor((this.room - 1) / (this.kernel - 1))) : 8)
  readonly leastLength: number = $derived(Math.max(1, (this.kernel - 1) * this.dilation + 1 - 2 * this.padding))
  readonly leastPadding: number = $derived(Math.max(0, Math.ceil(((this.kernel - 1) * this.dilation + 1 - this.length) / 2)))
}

/** Numbers that rise and fall, so that places can be told apart. */
const signal = (length: number): Numbers => row(...Array.from({ length }, (_, i) => [1, 3, 2, 5, 4, 2, 0, 1][i % 8] ?? 0))
const taps = (kernel: number): Numbers => row(...Array.from({ length: kernel }, () => 1))
