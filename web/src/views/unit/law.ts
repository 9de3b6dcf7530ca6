/** Formulas of the protocol (Python over a few symbols) as people write them. */

const WORDS: readonly [RegExp, string][] = [
  [/\bsqrt\(/g, '√('],
  [/\*\*2\b/g, '²'],
  [/\*\*3\b/g, '³'],
  [/\*\*/g, '^'],
  [/\s*\*\s*/g, ' · '],
  [/\s*\/\s*/g, ' / '],
  [/>=/g, '≥'],
  [/<=/g, '≤'],
  [/!=/g, '≠'],
  [/\bepsilon\b/g, 'ε'],
  [/\balpha\b/g, 'α'],
  [/\bbeta\b/g, 'β'],
  [/\bmean_square\b/g, 'mean square'],
  [/\bpi\b/g, 'π'],
  [/-/g, '−'],
]

/** A law with the signs of mathematics instead of Python's. */
export function typeset(law: string): string {
  return WORDS.reduce((text, [pattern, sign]) => text.replace(pattern, sign), law)
}

export type Figure = { readonly symbol: string; readonly value: number }

/** A law with numbers in the places of its symbols; a negative one in parentheses where a sign stands before it. */
export function filled(law: string, figures: readonly Figure[], text: (value: number) => string): string {
  if (figures.length === 0) return typeset(law)
  const values = new Map(figures.map(({ symbol, value }) => [symbol, value]))
  const names = new RegExp(`\\b(${[...values.keys()].join('|')})\\b(\\s*\\*\\*)?`, 'g')
  // Numbers are put in last, as placeholders that no sign of the law can be mistaken for.
  const numbers: string[] = []
  const held = law.replace(names, (_, symbol: string, power: string | undefined, offset: number) => {
    const value = values.get(symbol) ?? NaN
    const before = law.slice(0, offset).trimEnd()
    const bracketed = value < 0 && (power !== undefined || /[-+*/×]$/.test(before))
    numbers.push(bracketed ? `(${text(value)})` : text(value))
    return `\u0001${String.fromCharCode(0xe000 + numbers.length - 1)}${power ?? ''}`
  })
  return typeset(held).replace(/\u0001([\ue000-\uf8ff])/g, (_, mark: string) => numbers[mark.charCodeAt(0) - 0xe000] ?? '')
}
