/** What the reader has done, kept in the browser. */

import { SvelteSet } from 'svelte/reactivity'
import { keep, kept } from '../../state/kept'

const KEY = 'striate.lessons'

export class Progress {
  private readonly done: SvelteSet<string>

  constructor() {
    this.done = new SvelteSet(read())
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
    for (const key of [...this.done]) if (key.startsWith(`${lesson}/`) || key.startsWith(`${lesson}?`)) this.done.delete(key)
    this.save()
  }

  private add(key: string): void {
    if (this.done.has(key)) return
    this.done.add(key)
    this.save()
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
