/** Numbers as text: exact where nothing is said, "≈" where digits were left out. */

const MINUS = '−'

/** The shortest decimal that gives the same float32 back: what "exact" means for a value of a map. */
export function exact(value: number): string {
  const plain = unusual(value)
  if (plain !== null) return plain
  if (Math.fround(value) !== value) return typographic(String(value))
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return typographic(tidy(text))
  }
  return typographic(String(value))
}

/** A number in at most so many significant digits, and whether some were left out. */
export function brief(value: number, digits = 3): { text: string; rounded: boolean } {
  const plain = unusual(value)
  if (plain !== null) return { text: plain, rounded: false }
  const text = tidy(value.toPrecision(digits))
  return { text: typographic(text), rounded: Math.fround(Number(text)) !== Math.fround(value) }
}

/** A number in at most so many significant digits, marked where some were left out. */
export function about(value: number, digits = 3): string {
  const { text, rounded } = brief(value, digits)
  return rounded ? `≈ ${text}` : text
}

/** The same with its sign always shown: for terms of a sum. */
export function signed(value: number, digits = 3): string {
  const { text } = brief(value, digits)
  return value >= 0 ? `+${text}` : text
}

/** A count with thousands set apart. */
export function count(value: number): string {
  return typographic(Math.round(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ','))
}

/** A count in at most four characters and a letter: 1.2 M. */
export function short(value: number): string {
  for (const [unit, letter] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']] as const) {
    if (value >= unit) return `${tidy((value / (letter === 'k' ? 1e3 : unit)).toPrecision(3))} ${letter}`
  }
  return count(value)
}

/** A share as a percentage, sign kept; "<1%" rather than a zero that is none. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–'
  if (share !== 0 && Math.abs(share) < 0.01) return share < 0 ? `>${MINUS}1%` : '<1%'
  if (Math.abs(share) < 1 && Math.round(Math.abs(share) * 100) === 100) return share < 0 ? `<${MINUS}99%` : '>99%'
  return typographic(`${Math.round(share * 100)}%`)
}

/** A shape: 32 × 112 × 112; a size that is free is a dot. */
export function shape(sizes: readonly (number | null)[]): string {
  return sizes.map((size) => (size === null ? '·' : String(size))).join(' × ')
}

function unusual(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '∞'
  if (value === -Infinity) return `${MINUS}∞`
  if (value === 0) return '0'
  return null
}

function tidy(text: string): string {
  const [mantissa, exponent] = text.split('e') as [string, string | undefined]
  const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return exponent === undefined ? digits : `${digits}e${exponent.replace('+', '')}`
}

function typographic(text: string): string {
  return text.replaceAll('-', MINUS)
}
