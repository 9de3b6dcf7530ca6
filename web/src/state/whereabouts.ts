/** Where a session keeps its place: in the page's address, or only in memory where the page is someone else's. */

import { leave, left } from './kept'

export interface Whereabouts {
  readonly url: URL
  push(url: string): void
  replace(url: string): void
}

// A browser stops listening to a page that renews its address hundreds of times: while steps follow each other, the last one counts.
const PAUSE = 120
const LEFT = 'striate-left'
let waiting: { url: string; timer: ReturnType<typeof setTimeout> } | null = null

function settle(): void {
  if (waiting === null) return
  clearTimeout(waiting.timer)
  history.replaceState(null, '', waiting.url)
  waiting = null
}

function forget(): void {
  if (waiting !== null) clearTimeout(waiting.timer)
  waiting = null
}

/** Calls after back and forward, which have left the entry that a waiting address belongs to. */
export function onReturn(follow: () => void): void {
  window.addEventListener('popstate', () => {
    forget()
    follow()
  })
}

/**
 * Writes what still waits when the page is left or hidden. A page that is loaded again begins with the address that it had before that:
 * what was written last is left for it, and taken up here.
 */
export function keepOnLeaving(): void {
  const [from, to] = left(LEFT)?.split('\n') ?? []
  leave(LEFT, null)
  if (from === window.location.href && to !== undefined) history.replaceState(null, '', to)
  const go = (): void => {
    if (waiting === null) return
    leave(LEFT, `${window.location.href}\n${waiting.url}`)
    settle()
  }
  window.addEventListener('pagehide', go)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') go()
    else leave(LEFT, null)
  })
}

export const addressBar: Whereabouts = {
  get url() {
    settle()
    return new URL(window.location.href)
  },
  push: (url) => {
    settle()
    history.pushState(null, '', url)
  },
  replace: (url) => {
    forget()
    waiting = { url, timer: setTimeout(settle, PAUSE) }
  },
}

/** A place of its own: of a report's section, of a widget in a notebook. */
export class InMemory implements Whereabouts {
  url: URL

  constructor(url = '/') {
    this.url = new URL(url, 'memory://here')
  }

  push(url: string): void {
    this.url = new URL(url, this.url)
  }

  replace(url: string): void {
    this.push(url)
  }
}
