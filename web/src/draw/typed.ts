/** What somebody has typed, as a number: the other way from what is printed. One reading for all fields. */

const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i
/** As the page prints them: 1,572,864. */
const THOUSANDS = /^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/

/** A decimal number; NaN if it is none. Commas between groups of three digits join them, another comma is a point, a long minus a minus. */
export function typedNumber(text: string): number {
  const plain = text.trim().replaceAll('−', '-')
  const joined = THOUSANDS.test(plain) ? plain.replaceAll(',', '') : plain.includes('.') ? plain : plain.replace(',', '.')
  // There is one zero. Hexadecimal numbers, which Number() reads, are meant by nobody where 2x1 is a size.
  return DECIMAL.test(joined) ? Number(joined) + 0 : NaN
}
