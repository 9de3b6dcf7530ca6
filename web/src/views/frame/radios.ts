/** Arrow keys in a group of radio buttons, as ARIA has it: one of them is in the order of the Tab key, arrows go on and choose. */

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/** Of the element with role radiogroup; the checked button has tabindex 0, the others -1. */
export function radios(group: HTMLElement): () => void {
  const move = (event: KeyboardEvent): void => {
    const by = STEPS[event.key]
    const all = [...group.querySelectorAll<HTMLElement>('[role=radio]')]
    const from = all.findIndex((each) => each === event.target)
    if (by === undefined || from < 0) return
    const to = all[(from + by + all.length) % all.length]
    to?.focus()
    to?.click()
    event.preventDefault()
    event.stopPropagation()
  }
  group.addEventListener('keydown', move)
  return () => group.removeEventListener('keydown', move)
}
