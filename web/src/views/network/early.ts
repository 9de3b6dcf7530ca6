/** A pointer's moves as they come in; those of pointermove wait for the next frame. */

import type { Attachment } from 'svelte/attachments'

/** Where the browser does not tell them so early, pointermove has to do: whoever listens listens to both. */
export function early(moved: (event: PointerEvent) => void): Attachment<Element> {
  return (element) => {
    const listener = (event: Event): void => moved(event as PointerEvent)
    element.addEventListener('pointerrawupdate', listener)
    return () => element.removeEventListener('pointerrawupdate', listener)
  }
}
