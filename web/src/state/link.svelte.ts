/** The link to what is on the stage, on the clipboard. */

import { announcer } from './announcer.svelte'
import type { Session } from './session.svelte'

export class LinkCopy {
  /** Whether it is there, for as long as it leads to what is shown. */
  copied = $state(false)

  constructor(private readonly session: Session) {
    $effect(() => {
      void session.place
      this.copied = false
    })
  }

  async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.session.link)
      this.copied = true
      announcer.say('the link is copied')
    } catch {
      // The browser's address bar shows the same link.
      this.session.failure = 'the browser does not let this page write to the clipboard; copy the link from its address bar'
    }
  }
}
