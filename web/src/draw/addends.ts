/** Terms of a sum printed so that what is printed adds up to the printed total, digit for digit. */

const MINUS = '−'
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** How numbers of one sum are printed: so many decimals of the number divided by 10^power. */
export type Precision = { readonly decimals: number; readonly power: number }

/** A number as printed: a whole number of units of the last decimal. */
export type Printed = { readonly units: number; readonly rounded: boolean }

const MOST_DECIMALS = 6

/**
 * The precision that lets the largest of some numbers fit into so many characters, sign and point included. Numbers that would leave
 * too few digits get a common power of ten, a multiple of three.
 */
export function precisionFor(numbers: Iterable<number>, characters: number): Precision {
  let largest = 0
  for (const number of numbers) if (Number.isFinite(number)) largest = Math.max(largest, Math.abs(number))
  const room = Math.max(characters - 2, 1)
  const digits = largest > 0 ? Math.floor(Math.log10(largest)) + 1 : 0
  const power = digits > room || digits < -1 ? 3 * Math.floor((digits - 1) / 3) : 0
  const whole = Math.max(digits - power, 0)
  return { decimals: Math.min(Math.max(room - whole, 0), MOST_DECIMALS), power }
}

/**
 * Rounds terms so that they add up to the rounded total: all are cut off downwards, and the units that are then missing go to those that
 * lost most. Each is within one unit of its last digit. Null where the terms are no finite numbers or do not add up to the total at all.
 * `target`: the total as it has been printed already, in units.
 */
export function addUp(terms: readonly number[], total: number, precision: Precision, target?: number): { terms: Printed[]; total: Printed } | null {
  const factor = 10 ** (precision.decimals - precision.power)
  const scaled = terms.map((term) => clean(term * factor))
  const goal = target ?? Math.round(clean(total * factor)) + 0 // never -0
  const units = scaled.map((value) => Math.floor(value) + 0)
  const missing = goal - units.reduce((sum, unit) => sum + unit, 0)
  if (!Number.isSafeInteger(missing) || missing < 0 || missing > terms.length) return null
  const byLoss = scaled.map((value, i) => ({ i, loss: value - Math.floor(value) })).sort((a, b) => b.loss - a.loss || a.i - b.i)
  for (const { i } of byLoss.slice(0, missing)) units[i] = (units[i] ?? 0) + 1
  return {
    terms: units.map((unit, i) => ({ units: unit, rounded: unit !== scaled[i] })),
    total: { units: goal, rounded: goal !== clean(total * factor) },
  }
}

/** Each number rounded by itself: where nothing has to add up. */
export function rounded(number: number, precision: Precision): Printed {
  const scaled = clean(number * 10 ** (precision.decimals - precision.power))
  return { units: Math.round(scaled) + 0, rounded: Math.round(scaled) !== scaled }
}

/** Binary fractions make 0.3 × 1000 a little less than 300: what is a whole number to 12 digits counts as one. */
function clean(value: number): number {
  const nearest = Math.round(value)
  return Math.abs(value - nearest) <= 1e-12 * Math.max(1, Math.abs(value)) ? nearest : value
}

export type Style = { readonly plus?: boolean; readonly bare?: boolean }

/** A printed number as text; `plus` shows the sign always, `bare` leaves a lone zero before the point out. */
export function printedText({ units }: Printed, { decimals }: Precision, { plus = false, bare = false }: Style = {}): string {
  if (!Number.isFinite(units)) return Number.isNaN(units) ? 'NaN' : units > 0 ? `${plus ? '+' : ''}∞` : `${MINUS}∞`
  const digits = Math.abs(units).toFixed(0).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const text = decimals === 0 ? whole : `${bare && whole === '0' ? '' : whole}.${digits.slice(-decimals)}`
  return `${units < 0 ? MINUS : plus ? '+' : ''}${text}`
}

/** "× 10⁻³", or nothing. */
export function powerText({ power }: Precision): string {
  if (power === 0) return ''
  const digits = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? '').join('')
  return `× 10${power < 0 ? '⁻' : ''}${digits}`
}

/** A number in at most so many characters, by itself: fixed point where that shows something of it, else with an exponent. */
export function fitting(value: number, characters: number): { text: string; rounded: boolean } {
  if (value === 0) return { text: '0', rounded: false }
  if (!Number.isFinite(value)) return { text: printedText({ units: value, rounded: false }, { decimals: 0, power: 0 }), rounded: false }
  const sign = value < 0 ? MINUS : ''
  const magnitude = Math.abs(value)
  const room = Math.max(characters - sign.length, 2)
  for (let decimals = room - 1; decimals >= 0; decimals--) {
    const text = bareZero(trimmed(magnitude.toFixed(Math.min(decimals, 20))))
    if (text.length > room) continue
    const shown = Number(text)
    if (shown === 0) break
    return { text: sign + text, rounded: Math.fround(shown) !== Math.fround(magnitude) }
  }
  for (let digits = room; digits >= 0; digits--) {
    const [mantissa = '0', exponent = '0'] = magnitude.toExponential(Math.min(digits, 20)).split('e')
    const text = `${trimmed(mantissa)}e${exponent.replace('+', '').replace('-', MINUS)}`
    if (text.length <= room || digits === 0) return { text: sign + text, rounded: Math.fround(Number(`${mantissa}e${exponent}`)) !== Math.fround(magnitude) }
  }
  return { text: sign, rounded: true }
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
const bareZero = (text: string): string => (text.startsWith('0.') ? text.slice(1) : text)
