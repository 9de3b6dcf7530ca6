/** Histograms: bars from counts. */

export type Bar = { readonly x: number; readonly width: number; readonly height: number }

/**
 * Bars of a histogram in a box. Heights are square roots of the counts: with a linear height the zeros of a ReLU would
 * flatten all else (the axis says so).
 */
export function bars(counts: ArrayLike<number>, width: number, height: number): Bar[] {
  let most = 0
  for (let i = 0; i < counts.length; i++) most = Math.max(most, counts[i] ?? 0)
  return Array.from({ length: counts.length }, (_, i) => {
    const part = most > 0 ? Math.sqrt((counts[i] ?? 0) / most) : 0
    return { x: (i * width) / counts.length, width: width / counts.length, height: part * height }
  })
}

/** Which bin holds a value, of bins evenly between two ends; -1 outside. */
export function binOf(value: number, low: number, high: number, bins: number): number {
  if (!(value >= low && value <= high)) return -1
  return high > low ? Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins)) : 0
}
