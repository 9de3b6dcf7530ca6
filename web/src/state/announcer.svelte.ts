/** What a screen reader is told beyond what has the focus: what an edit did, which cell the keys have come to. */

// What follows quickly on something else takes its place: a key held down is one announcement.
const QUIET = 250

class Announcer {
  text = $state('')
  private timer: ReturnType<typeof setTimeout> | undefined

  say(text: string): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => (this.text = text), QUIET)
  }
}

export const announcer = new Announcer()
