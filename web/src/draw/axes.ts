/** Axes of a map: round ticks in cells. */

/** At most about `most` round numbers from 0 up to the last cell. */
export function ticks(length: number, most: number): number[] {
  if (length <= 1) return [0]
  const least = (length - 1) / Math.max(1, most - 1)
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least) ?? 10 * power
  const places: number[] = []
  for (let place = 0; place < length; place += step) places.push(place)
  return places
}
