/** Small choices that outlast the page. In a frame that may keep nothing they last as long as the page. */

const here = new Map<string, string>()

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return here.get(key) ?? null
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    here.set(key, value)
  }
}

/** Calls back when another tab of this browser has kept something else there. */
export function whenKeptElsewhere(key: string, call: () => void): void {
  window.addEventListener('storage', ({ key: changed }) => {
    // Without a key everything was thrown away.
    if (changed === key || changed === null) call()
  })
}
