/** Ramps of colour: signed values diverge from zero = the page, unsigned ones are viridis. */

export type Rgb = readonly [number, number, number]

/** What a colour ramp is for: signed values, values from zero up, or plain brightness. */
export type RampKind = 'signed' | 'unsigned' | 'grey'

/** A ramp as a table of packed RGBA (little-endian, as ImageData wants it). */
export type Ramp = { readonly kind: RampKind; readonly table: Uint32Array }

export const RAMP_SIZE = 512

/** Colours of the page that ramps start from. */
export type Ground = { page: Rgb; dark: boolean }

export const LIGHT: Ground = { page: [251, 251, 250], dark: false }
export const DARK: Ground = { page: [22, 24, 26], dark: true }

const BLUE: Rgb = [0x21, 0x66, 0xac]
const RED: Rgb = [0xb2, 0x18, 0x2b]
// On a dark page the pure hues end in the middle; the largest values go on to a light tint, or they would look faint.
const LIGHT_BLUE: Rgb = [0x8f, 0xc4, 0xf2]
const LIGHT_RED: Rgb = [0xff, 0xa0, 0x93]

// Eleven of viridis' 256 colours (Smith, van der Walt, Firing: CC0).
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140],
  [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37],
]

/** What a value that is no number looks like: no ramp holds this colour. */
export const NOT_A_NUMBER: Rgb = [217, 70, 239]

export function ramp(kind: RampKind, ground: Ground): Ramp {
  const table = new Uint32Array(RAMP_SIZE)
  for (let i = 0; i < RAMP_SIZE; i++) table[i] = packed(colourAt(kind, ground, i / (RAMP_SIZE - 1)))
  return { kind, table }
}

function colourAt(kind: RampKind, { page, dark }: Ground, t: number): Rgb {
  if (kind === 'unsigned') return along(VIRIDIS, t)
  // A grey input keeps its own levels: no mixing in another colour space.
  if (kind === 'grey') return [Math.round(255 * t), Math.round(255 * t), Math.round(255 * t)]
  return along(dark ? [LIGHT_BLUE, BLUE, page, RED, LIGHT_RED] : [BLUE, page, RED], t)
}

/** The colour at t in 0..1 of evenly spaced stops, mixed in OKLab so that steps look even. */
export function along(stops: readonly Rgb[], t: number): Rgb {
  const place = Math.min(Math.max(t, 0), 1) * (stops.length - 1)
  const index = Math.min(Math.floor(place), stops.length - 2)
  const [from, to] = [stops[index], stops[index + 1]]
  if (from === undefined || to === undefined) throw new RangeError('a ramp needs two colours')
  const share = place - index
  if (share === 0) return from
  if (share === 1) return to
  const [a, b] = [toOklab(from), toOklab(to)]
  return fromOklab([0, 1, 2].map((i) => (a[i] ?? 0) * (1 - share) + (b[i] ?? 0) * share))
}

export function packed([r, g, b]: Rgb): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
}

export function unpacked(colour: number): Rgb {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]
}

/** A ramp from its low end at the left to its high end, as CSS has it. */
export function gradient({ table }: Ramp): string {
  const stops = Array.from({ length: 17 }, (_, i) => css(unpacked(table[Math.round((i * (table.length - 1)) / 16)] ?? 0)))
  return `linear-gradient(to right, ${stops.join(', ')})`
}

export function css([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`
}

/** Black or white, whichever reads better on the colour (relative luminance, WCAG 2). */
export function inkOn([r, g, b]: Rgb): 'black' | 'white' {
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  return luminance > 0.179 ? 'black' : 'white'
}

/** Hue number i of n weights: even steps of an OKLCH wheel, L .72 C .13. */
export function wheel(i: number, n: number): string {
  return `oklch(0.72 0.13 ${Math.round((360 * i) / Math.max(n, 1))})`
}

// OKLab: Björn Ottosson, "A perceptual color space for image processing", 2020.
function toOklab([r, g, b]: Rgb): number[] {
  const [lr, lg, lb] = [linear(r), linear(g), linear(b)]
  const l = Math.cbrt(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb)
  const m = Math.cbrt(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb)
  const s = Math.cbrt(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab([L = 0, a = 0, b = 0]: number[]): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function linear(channel: number): number {
  const c = channel / 255
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
}

function encoded(light: number): number {
  const c = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055
  return Math.round(Math.min(Math.max(c, 0), 1) * 255)
}
