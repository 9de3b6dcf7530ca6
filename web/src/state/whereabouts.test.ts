import { afterEach, expect, test, vi } from 'vitest'
import { addressBar, InMemory, keepOnLeaving, onReturn } from './whereabouts'

/** A window whose entries can be gone back in; like a browser, it calls listeners of its own events in the order they came. */
function fakeWindow(): { entries: string[]; back: () => void; happens: (event: string) => void; load: () => void } {
  const entries = ['/']
  let place = 0
  const listeners: { event: string; listener: () => void }[] = []
  const addEventListener = (event: string, listener: () => void): number => listeners.push({ event, listener })
  const happens = (event: string): void => listeners.filter((each) => each.event === event).forEach(({ listener }) => listener())
  const session = new Map<string, string>()
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => session.get(key) ?? null, setItem: (key: string, value: string) => session.set(key, value), removeItem: (key: string) => session.delete(key) })
  vi.stubGlobal('document', { addEventListener, visibilityState: 'hidden' })
  vi.stubGlobal('window', {
    addEventListener,
    get location() {
      return { href: `http://here${entries[place] ?? ''}` }
    },
  })
  vi.stubGlobal('history', {
    pushState: (_: null, __: string, url: string) => entries.splice(++place, entries.length, url),
    replaceState: (_: null, __: string, url: string) => (entries[place] = url),
  })
  vi.useFakeTimers()
  return {
    entries,
    happens,
    back: () => {
      place--
      happens('popstate')
    },
    // Of the page that is loaded again nothing is left but what it has kept; it begins with the address it had.
    load: () => {
      const [begun] = entries
      happens('pagehide')
      entries[place] = begun ?? ''
      listeners.length = 0
    },
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('an address that still waits is not written over the one that was gone back to', () => {
  const { entries, back } = fakeWindow()
  const seen: string[] = []
  onReturn(() => seen.push(addressBar.url.search))
  addressBar.replace('/?x=house')
  addressBar.push('/?x=zeros')
  addressBar.replace('/?x=zeros&scale=unit')
  back()
  vi.runAllTimers()
  expect(seen).toEqual(['?x=house'])
  expect(entries).toEqual(['/?x=house', '/?x=zeros'])
})

test('of addresses that follow each other the last one counts, and it is there when it is read', () => {
  const { entries } = fakeWindow()
  addressBar.replace('/?x=1')
  addressBar.replace('/?x=2')
  expect(entries).toEqual(['/'])
  expect(addressBar.url.search).toBe('?x=2')
  addressBar.replace('/?x=3')
  vi.runAllTimers()
  expect(entries).toEqual(['/?x=3'])
})

test.each(['pagehide', 'visibilitychange'])('an address that still waits is written at %s', (event) => {
  const { entries, happens } = fakeWindow()
  keepOnLeaving()
  addressBar.replace('/?x=last')
  expect(entries).toEqual(['/'])
  happens(event)
  expect(entries).toEqual(['/?x=last'])
})

test('a page that is loaded again takes up the address that still waited', () => {
  const { entries, load } = fakeWindow()
  keepOnLeaving()
  addressBar.replace('/?x=last')
  load()
  expect(entries).toEqual(['/'])
  keepOnLeaving()
  expect(entries).toEqual(['http://here/?x=last'])
  // Once, and only where it was left.
  entries[0] = '/'
  keepOnLeaving()
  expect(entries).toEqual(['/'])
})

test('also where it was written while the page was waiting to be loaded again', () => {
  const { entries, happens, load } = fakeWindow()
  keepOnLeaving()
  addressBar.replace('/?x=last')
  vi.runAllTimers()
  expect(entries).toEqual(['/?x=last'])
  happens('pagehide')
  entries[0] = '/'
  keepOnLeaving()
  expect(entries).toEqual(['http://here/?x=last'])
  // Much later, or at another entry, it is an address like any other.
  addressBar.replace('/?x=later')
  vi.runAllTimers()
  vi.advanceTimersByTime(60_000)
  load()
  entries[0] = '/?x=last'
  keepOnLeaving()
  expect(entries).toEqual(['/?x=last'])
})

test('a page at another address does not', () => {
  const { entries, load } = fakeWindow()
  keepOnLeaving()
  addressBar.replace('/?x=last')
  load()
  entries[0] = '/?x=other'
  keepOnLeaving()
  expect(entries).toEqual(['/?x=other'])
})

test('a place in memory is read back as it was written', () => {
  const place = new InMemory('/?n=net#conv:3@1,2')
  expect(place.url.hash).toBe('#conv:3@1,2')
  place.push('/?n=net&x=cat#relu:0')
  expect(place.url.searchParams.get('x')).toBe('cat')
  place.replace('/')
  expect(place.url.search + place.url.hash).toBe('')
})
