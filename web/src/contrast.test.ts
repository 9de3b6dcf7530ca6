/// <reference types="vite/client" />
/** Every pair of colours that is used for text or for what must be seen keeps WCAG AA, in both themes: read from the style sheets. */

import { describe, expect, it } from 'vitest'

const SHEETS = import.meta.glob<string>(['./**/*.svelte', './**/*.css'], { query: '?raw', import: 'default', eager: true })
const GROUNDS = ['page', 'raised', 'sunk'] as const
/** Parts of controls, marks and lines that carry a meaning: 3 to 1 is enough (WCAG 1.4.11). */
const MARKS = ['select', 'field', 'faint', 'negative', 'positive']

type Tokens = ReadonlyMap<string, string>

function tokensOf(block: RegExp): Tokens {
  const text = block.exec(SHEETS['./app.css'] ?? '')?.[1] ?? ''
  return new Map([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]))
}

const LIGHT = tokensOf(/:root \{([^}]*)\}/)
const DARK = new Map([...LIGHT, ...tokensOf(/:root\[data-theme='dark'\] \{([^}]*)\}/)])

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

/** Tokens that text is written in: `color` anywhere, `fill` in rules for text; what is disabled is exempt (WCAG 1.4.3). */
function textTokens(): Set<string> {
  const rules = Object.values(SHEETS).flatMap((text) => [...text.matchAll(/([^{};]+)\{([^{}]*)\}/g)].map(([, selector = '', body = '']) => ({ selector, body })))
  const found = new Set<string>()
  for (const { selector, body } of rules) {
    if (selector.includes(':disabled') && !selector.includes(':not(:disabled)')) continue
    const property = /\btext\b/.test(selector) ? /(?:^|[\s;])(?:color|fill): var\(--([\w-]+)\)/g : /(?:^|[\s;])color: var\(--([\w-]+)\)/g
    for (const [, token = ''] of body.matchAll(property)) found.add(token)
  }
  return found
}

describe.each([['light', LIGHT], ['dark', DARK]] as const)('contrast, %s', (_, tokens) => {
  const pairs = (names: Iterable<string>): [string, string][] => [...names].flatMap((name) => GROUNDS.map((ground): [string, string] => [name, ground]))
  it.each(pairs([...textTokens()].filter((name) => !GROUNDS.some((ground) => ground === name))))('text in %s on %s: 4.5', (name, ground) => {
    expect(contrast(tokens.get(name) ?? '', tokens.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5)
  })
  it.each(pairs(MARKS))('mark in %s on %s: 3', (name, ground) => {
    expect(contrast(tokens.get(name) ?? '', tokens.get(ground) ?? '')).toBeGreaterThanOrEqual(3)
  })
})

it('finds the tokens that text is written in', () => {
  expect([...textTokens()]).toEqual(expect.arrayContaining(['ink', 'muted', 'select-ink', 'wrong']))
})
