/** What the reader has done, kept in the browser. */

import { SvelteSet } from 'svelte/reactivity'
import { keep, kept, whenKeptElsewhere } from '../../state/kept'

const KEY = 'striate.lessons'

export class Progress {
  private readonly done: SvelteSet<string>

  constructor() {
    this.done = new SvelteSet(read())
    whenKeptElsewhere(KEY, () => this.reread())
  }

  /** Whether there is anything to forget. */
  get any(): boolean {
    return this.done.size > 0
  }

  step(lesson: string, step: number): boolean {
    return this.done.has(`${lesson}/${step}`)
  }

  question(lesson: string, question: string): boolean {
    return this.done.has(`${lesson}?${question}`)
  }

  stepsOf(lesson: string, steps: number): number {
    return Array.from({ length: steps }, (_, i) => this.step(lesson, i)).filter(Boolean).length
  }

  tick(lesson: string, step: number): void {
    this.add(`${lesson}/${step}`)
  }

  answered(lesson: string, question: string): void {
    this.add(`${lesson}?${question}`)
  }

  /** Forgets a lesson, to begin it again. */
  forget(lesson: string): void {
    this.reread()
    for (const key of [...this.done]) if (key.startsWith(`${lesson}/`) || key.startsWith(`${lesson}?`)) this.done.delete(key)
    this.save()
  }

  forgetAll(): void {
    this.done.clear()
    this.save()
  }

  private add(key: string): void {
    if (this.done.has(key)) return
    this.reread()
    this.done.add(key)
    this.save()
  }

  /** What another tab has done meanwhile is not written over. */
  private reread(): void {
    const now = new Set(read())
    for (const key of [...this.done]) if (!now.has(key)) this.done.delete(key)
    for (const key of now) this.done.add(key)
  }

  private save(): void {
    keep(KEY, JSON.stringify([...this.done]))
  }
}

function read(): string[] {
  try {
    const found: unknown = JSON.parse(kept(KEY) ?? '[]')
    return Array.isArray(found) ? found.filter((key) => typeof key === 'string') : []
  } catch {
    return []
  }
}

export const progress = new Progress()
