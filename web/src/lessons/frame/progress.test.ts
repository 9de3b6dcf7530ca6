import { beforeEach, expect, it, vi } from 'vitest'
import { Progress } from './progress.svelte'

const store = new Map<string, string>()

beforeEach(() => {
  store.clear()
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
