/** Keys: each view says what it listens to, and the help lists exactly that. */

import { untrack } from 'svelte'
import { leave } from './focus'

export type Binding = { readonly keys: readonly string[]; readonly what: string; readonly run: (event: KeyboardEvent) => void }
export type Group = { readonly title: string; readonly bindings: readonly Binding[] }

class Keys {
  groups: readonly Group[] = $state.raw([])
  /** The same: while an effect is torn down, what is reactive reads as it was before, and groups added since would be lost. */
  private present: readonly Group[] = []

  /** Adds a group until the returned function is called; later groups come first, as what is on top. */
  add(group: Group): () => void {
    this.show([group, ...this.present])
    return () => this.show(this.present.filter((other) => other !== group))
  }

  private show(groups: readonly Group[]): void {
    this.present = groups
    // Called from effects, which must not wait for what they change.
    untrack(() => (this.groups = groups))
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (typing(event)) {
      // Escape leaves the field, and nothing else yet.
      if (event.key === 'Escape' && event.target instanceof Element) leave(event.target)
      return
    }
    if (presses(event)) return
    for (const { bindings } of this.present) {
      const found = bindings.find(({ keys }) => keys.includes(event.key))
      if (found === undefined) continue
      event.preventDefault()
      found.run(event)
      return
    }
  }
}

const STEERS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown', ' ', 'Enter']

/** Whether a key belongs to the field that has the focus: all of them where something is typed, of a slider those that move it. */
function typing({ target, key }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement && ['range', 'color', 'checkbox'].includes(target.type)) return STEERS.includes(key)
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName))
}

export const keys = new Keys()

/** Enter and Space belong to the button that has the focus. */
function presses({ key, target }: KeyboardEvent): boolean {
  return (key === 'Enter' || key === ' ') && target instanceof HTMLElement && ['BUTTON', 'A', 'SUMMARY'].includes(target.tagName)
}

const NAMES: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', ' ': 'Space' }

export const keyName = (key: string): string => NAMES[key] ?? key
