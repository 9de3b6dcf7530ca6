import { afterEach, expect, test, vi } from 'vitest'
import { addressBar, InMemory, onReturn } from './whereabouts'

/** A window whose entries can be gone back in; like a browser, it calls listeners of its own events in the order they came. */
function fakeWindow(): { entries: string[]; back: () => void } {
  const entries = ['/']
  let place = 0
  const listeners: (() => void)[] = []
  vi.stubGlobal('window', {
    addEventListener: (_: string, listener: () => void) => listeners.push(listener),
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
    back: () => {
      place--
      for (const listener of listeners) listener()
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

test('a place in memory is read back as it was written', () => {
  const place = new InMemory('/?n=net#conv:3@1,2')
  expect(place.url.hash).toBe('#conv:3@1,2')
  place.push('/?n=net&x=cat#relu:0')
  expect(place.url.searchParams.get('x')).toBe('cat')
  place.replace('/')
  expect(place.url.search + place.url.hash).toBe('')
})
