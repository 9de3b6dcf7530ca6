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
// For so long a page that is loaded again may keep this one waiting: it begins with the address of when that was asked for.
const LOADING = 10_000
let waiting: { url: string; timer: ReturnType<typeof setTimeout> } | null = null
/** What this entry's address was, and until when. */
let former: { href: string; until: number }[] = []

function settle(): void {
  if (waiting === null) return
  clearTimeout(waiting.timer)
  const now = Date.now()
  former = [...former.filter(({ until }) => now - until < LOADING), { href: window.location.href, until: now }]
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
    former = []
    follow()
  })
}

/**
 * Writes what still waits when the page is left or hidden. A page that is loaded again begins with the address that it had before that:
 * what was written last is left for it, and taken up here.
 */
export function keepOnLeaving(): void {
  const [to, ...from] = left(LEFT)?.split('\n') ?? []
  leave(LEFT, null)
  const [loaded] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  if (loaded?.type !== 'navigate' && to !== undefined && from.includes(window.location.href)) history.replaceState(null, '', to)
  former = []
  const go = (): void => {
    settle()
    const now = Date.now()
    const recent = former.filter(({ until }) => now - until < LOADING).map(({ href }) => href)
    if (recent.length > 0) leave(LEFT, [window.location.href, ...recent].join('\n'))
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
    former = []
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
