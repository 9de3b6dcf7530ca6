/** How the maps of a layer fill its column: the largest tiles that hold all, or pages of the smallest. */

export type Tiling = {
  readonly across: number
  readonly width: number
  readonly height: number
  readonly gap: number
  /** Tiles on a page. */
  readonly page: number
}

export type Room = { readonly width: number; readonly height: number }

const GAP = 4
/** The least width of a tile. Three fit in a column of 176: 7, 14, 28, 56 and 112 cells then fill them exactly. */
const LEAST = 56
/** What a page should hold, if it cannot hold all. */
const ENOUGH = 24
/** A tile counts as filled by a map from this share of its width on: cells are drawn by whole numbers of pixels. */
const FILLED = 0.9
const LINE_HEIGHT = 40
const CELL = 14
const ROW = 18

/** Tiles for the maps of a layer in a column. */
export function tiling(channels: number, spatial: readonly number[], room: Room): Tiling {
  if (spatial.every((size) => size === 1)) return cells(channels, room)
  if (spatial.length === 1) return filled(1, room, LINE_HEIGHT)
  const [rows = 1, columns = 1] = spatial.slice(-2)
  const aspect = Math.min(Math.max(rows / Math.max(columns, 1), 0.25), 2)
  const most = Math.max(1, Math.floor((room.width + GAP) / (LEAST + GAP)))
  const candidates = Array.from({ length: most }, (_, i) => {
    const width = Math.floor((room.width - i * GAP) / (i + 1))
    return filled(i + 1, room, Math.max(12, Math.round(width * aspect)))
  })
  const fills = ({ width }: Tiling): boolean => share(columns, width) >= FILLED
  const all = candidates.find((tiles) => tiles.page >= channels && fills(tiles)) ?? candidates.find(({ page }) => page >= channels)
  // What has to be paged stands in the largest tiles that its cells fill and of which a page holds enough.
  const paged = candidates.find((tiles) => tiles.page >= ENOUGH && fills(tiles))
  return all ?? paged ?? candidates.at(-1) ?? filled(1, room, room.width)
}

/** How much of a width whole pixels of so many cells take; where cells are left out they take all of it. */
function share(cells: number, width: number): number {
  return cells > width ? 1 : (Math.floor(width / cells) * cells) / width
}

/** Single numbers: a row for each, with the number in it, where all have room; else small cells. */
function cells(channels: number, room: Room): Tiling {
  const gap = 2
  if (channels * (ROW + gap) <= room.height) return { across: 1, width: Math.min(room.width, 120), height: ROW, gap, page: Math.floor((room.height + gap) / (ROW + gap)) }
  const across = Math.max(1, Math.floor((room.width + gap) / (CELL + gap)))
  return { across, width: CELL, height: CELL, gap, page: across * Math.max(1, Math.floor((room.height + gap) / (CELL + gap))) }
}

function filled(across: number, room: Room, height: number): Tiling {
  const width = Math.floor((room.width - (across - 1) * GAP) / across)
  return { across, width, height, gap: GAP, page: across * Math.max(1, Math.floor((room.height + GAP) / (height + GAP))) }
}

/** Left upper corner of tile number i of a page. */
export function cornerOf(i: number, { across, width, height, gap }: Tiling): { x: number; y: number } {
  return { x: (i % across) * (width + gap), y: Math.floor(i / across) * (height + gap) }
}

export type Page = { readonly from: number; readonly to: number; readonly page: number; readonly pages: number }

/** The channels of a page, and how many pages there are. */
export function pageOf(count: number, size: number, wanted: number): Page {
  const pages = Math.max(1, Math.ceil(count / Math.max(size, 1)))
  const page = Math.min(Math.max(wanted, 0), pages - 1)
  return { from: page * size, to: Math.min(count, (page + 1) * size), page, pages }
}
