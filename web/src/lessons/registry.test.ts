import { beforeAll, expect, it, vi } from 'vitest'
import type { LESSONS as All, unmatched as check } from './registry'

let LESSONS: typeof All
let unmatched: typeof check

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }))
  ;({ LESSONS, unmatched } = await import('./registry'))
}, 60_000)

it('has a text for every widget and a widget for every text, step by step', () => {
  expect(unmatched()).toEqual([])
})

it('has something to do at every step', () => {
  for (const { name, text } of LESSONS) for (const step of text.steps) expect(`${name}: ${step.title}: ${step.task}`).toMatch(/<p>/)
})
