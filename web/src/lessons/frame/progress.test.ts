import { beforeEach, expect, it, vi } from 'vitest'
import { Progress } from './progress.svelte'

const store = new Map<string, string>()
/** What the pages of this browser do when another one has kept something. */
const listening = vi.hoisted(() => {
  const calls: ((event: { key: string | null }) => void)[] = []
  // Before the module with the page's own progress is loaded.
  vi.stubGlobal('window', { addEventListener: (_: string, call: (event: { key: string | null }) => void) => calls.push(call) })
  return calls
})

beforeEach(() => {
  store.clear()
  listening.length = 0
  vi.stubGlobal('localStorage', { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => store.set(key, value) })
})

it('is kept, and can be forgotten lesson by lesson', () => {
  const one = new Progress()
  one.tick('sizes', 0)
  one.tick('sizes', 2)
  one.answered('sizes', 'length')
  one.tick('loop', 0)
  const again = new Progress()
  expect([0, 1, 2].map((step) => again.step('sizes', step))).toEqual([true, false, true])
  expect(again.stepsOf('sizes', 3)).toBe(2)
  expect(again.question('sizes', 'length')).toBe(true)
  again.forget('sizes')
  expect(new Progress().stepsOf('sizes', 3)).toBe(0)
  expect(new Progress().step('loop', 0)).toBe(true)
})

it('survives what somebody else has written', () => {
  store.set('striate.lessons', '{"not": "a list"}')
  expect(new Progress().step('sizes', 0)).toBe(false)
  store.set('striate.lessons', '{')
  expect(new Progress().stepsOf('sizes', 3)).toBe(0)
})

it('is one for all tabs', () => {
  const [here, there] = [new Progress(), new Progress()]
  here.tick('sizes', 0)
  there.tick('loop', 1)
  expect([new Progress().step('sizes', 0), new Progress().step('loop', 1)]).toEqual([true, true])
  expect(here.step('loop', 1)).toBe(false)
  for (const call of listening) call({ key: 'striate.theme' })
  expect(here.step('loop', 1)).toBe(false)
  for (const call of listening) call({ key: 'striate.lessons' })
  expect(here.step('loop', 1)).toBe(true)
  there.forget('sizes')
  here.answered('loop', 'loop-first')
  expect([here.step('sizes', 0), new Progress().step('sizes', 0)]).toEqual([false, false])
  expect(new Progress().question('loop', 'loop-first')).toBe(true)
})

it('can be forgotten as a whole', () => {
  const one = new Progress()
  expect(one.any).toBe(false)
  one.tick('sizes', 0)
  one.answered('loop', 'loop-first')
  expect(one.any).toBe(true)
  one.forgetAll()
  expect([one.any, new Progress().any]).toEqual([false, false])
})
