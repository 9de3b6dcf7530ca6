/** The curve of a function of one number, with the place of a unit on it. */

export type Sampled = { readonly x: readonly number[]; readonly y: readonly number[] }
export type Axis = { readonly low: number; readonly high: number }

export type CurvePlot = {
  readonly path: string
  readonly across: Axis
  readonly up: Axis
  /** Where zero lies; null where it is not in sight. */
  readonly zeroX: number | null
  readonly zeroY: number | null
  place(x: number, y: number): { x: number; y: number }
}

/** Draws samples into a box of pixels. The curve breaks where the function jumps or has no finite value. */
export function curvePlot({ x, y }: Sampled, width: number, height: number, inset = 6): CurvePlot {
  const across = axisOf(x)
  const up = axisOf(y)
  const left = (value: number): number => round(((value - across.low) / (across.high - across.low)) * width)
  const top = (value: number): number => round(height - inset - ((value - up.low) / (up.high - up.low)) * (height - 2 * inset))
  const steps: string[] = []
  let pen = false
  for (let i = 0; i < x.length; i++) {
    const value = y[i] ?? NaN
    if (!Number.isFinite(value)) {
      pen = false
      continue
    }
    steps.push(`${pen ? 'L' : 'M'}${left(x[i] ?? 0)} ${top(value)}`)
    pen = true
  }
  return {
    path: steps.join(''),
    across,
    up,
    zeroX: across.low <= 0 && across.high >= 0 ? left(0) : null,
    zeroY: up.low <= 0 && up.high >= 0 ? top(0) : null,
    place: (a, b) => ({ x: Math.min(Math.max(left(a), 0), width), y: Math.min(Math.max(top(b), 0), height) }),
  }
}

function axisOf(values: readonly number[]): Axis {
  let [low, high] = [0, 0]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low < high ? { low, high } : { low: -1, high: 1 }
}

const round = (value: number): number => Math.round(value * 100) / 100
