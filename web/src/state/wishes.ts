/** What waits to be sent: of one drag only the newest counts, as each begins where the drag began. */

export type Wish = { readonly stroke: number }

export function queued<T extends Wish>(waiting: readonly T[], wish: T): readonly T[] {
  const last = waiting.at(-1)
  return last !== undefined && wish.stroke !== 0 && last.stroke === wish.stroke ? [...waiting.slice(0, -1), wish] : [...waiting, wish]
}
