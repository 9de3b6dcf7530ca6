/** What outlasts the page. In a frame that may keep nothing it lasts as long as the page. */

const here = new Map<string, string>()

/** Small choices, for every tab. */
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

/** Leaves something for the page that this tab loads next; null: nothing any more. */
export function leave(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // Where nothing may be kept, nothing is left.
  }
}

/** What the page before this one has left. */
export function left(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}
