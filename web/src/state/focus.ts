/** The focus of the keyboard is never lost: it returns to where a panel was opened from, and goes to what is around an element that vanishes. */

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]'

/** What has the focus in the tree that an element is in; null where nothing has it. */
export function focused(near: Node = document): Element | null {
  const root = near.getRootNode()
  const found = root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null
  return found === document.body ? null : found
}

/** Focuses an element without moving the page; says whether that went. */
export function focusOn(element: Element | null | undefined): boolean {
  if (!(element instanceof HTMLElement || element instanceof SVGElement) || !element.isConnected) return false
  element.focus({ preventScroll: true })
  return focused(element) === element
}

/** Gives the focus from an element to the nearest place around it that can have it. */
export function leave(element: Element): void {
  if (!focusOn(element.parentElement?.closest(FOCUSABLE)) && element instanceof HTMLElement) element.blur()
}

/**
 * Watches for the element with the focus being taken away or disabled: the focus then goes to the first thing of its
 * nearest surroundings that is still there.
 */
export function keepFocus(root: HTMLElement): () => void {
  // From the element outwards, as it was when it had the focus: once taken away it has no parents any more.
  let path: readonly Element[] = []
  const gone = (element: Element): boolean => !element.isConnected || element.matches(':disabled')
  const remember = (event: FocusEvent): void => {
    const whole = event.composedPath().filter((each): each is Element => each instanceof Element)
    path = whole.slice(0, whole.indexOf(root) + 1)
  }
  const forget = (): void => {
    // A person who clicks beside takes the focus away knowingly; what vanishes loses it.
    const [left] = path
    queueMicrotask(() => {
      if (left !== undefined && left === path[0] && !gone(left) && focused(root) === null) path = []
    })
  }
  const mend = (): void => {
    const [lost] = path
    const now = focused(root)
    // What is disabled keeps the focus until the next frame, and takes no keys any more.
    if (lost === undefined || !gone(lost) || (now !== null && now !== lost)) return
    const around = path.slice(1).filter((each) => each.isConnected)
    path = []
    around.some((place) => focusOn(place) || focusOn(place.querySelector(FOCUSABLE)))
  }
  const observer = new MutationObserver(mend)
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
  root.addEventListener('focusin', remember)
  root.addEventListener('focusout', forget)
  return () => {
    observer.disconnect()
    root.removeEventListener('focusin', remember)
    root.removeEventListener('focusout', forget)
  }
}

/** Of a panel: takes the focus when it appears, and gives it back when it goes. */
export function takesFocus(panel: HTMLElement): () => void {
  const opener = focused(panel)
  focusOn(panel)
  return () => {
    const now = focused(panel)
    // Somebody who has gone elsewhere meanwhile stays there.
    if (now === null || panel.contains(now)) focusOn(opener)
  }
}
