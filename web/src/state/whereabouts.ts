/** Where a session keeps its place: in the page's address, or only in memory where the page is someone else's. */

export interface Whereabouts {
  readonly url: URL
  push(url: string): void
  replace(url: string): void
}

export const addressBar: Whereabouts = {
  get url() {
    return new URL(window.location.href)
  },
  push: (url) => history.pushState(null, '', url),
  replace: (url) => history.replaceState(null, '', url),
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
