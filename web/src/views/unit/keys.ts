/** What the keys do to the unit in the inspector. */

import type { Binding } from '../../state/keys.svelte'
import type { Session } from '../../state/session.svelte'
import { moved } from '../../state/steps'
import { unitText } from '../../state/address'

export function unitKeys(session: Session): Binding[] {
  const { inspection, play } = session
  return [
    { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], what: 'the neighbouring cell; with Shift ten further', run: (event) => move(session, event) },
    ...(shapeOf(session).length < 3 ? [] : [{ keys: ['PageUp', 'PageDown'], what: 'of a volume: the slice before, the next one; with Shift ten further', run: (event: KeyboardEvent) => move(session, event) }]),
    { keys: ['Enter'], what: 'choose the cell; once chosen, go down to the cell its strongest product comes from', run: () => enter(session) },
    { keys: ['Backspace'], what: 'back up', run: () => inspection.up() },
    { keys: ['j'], what: 'the next weaker product', run: () => inspection.stepCursor(1) },
    { keys: ['k'], what: 'the next stronger product', run: () => inspection.stepCursor(-1) },
    { keys: ['d'], what: 'all digits, or those that fit', run: () => inspection.toggleFull() },
    { keys: ['m'], what: 'more channels', run: () => inspection.more() },
    { keys: [' '], what: 'slide the window over the map, or stop', run: () => play.toggle() },
    { keys: ['.'], what: 'one cell on', run: () => play.step(1) },
    { keys: [','], what: 'one cell back', run: () => play.step(-1) },
    { keys: ['>'], what: 'faster', run: () => play.faster(1) },
    { keys: ['<'], what: 'slower', run: () => play.faster(-1) },
  ]
}

function shapeOf(session: Session): number[] {
  const unit = session.place.unit
  return (unit === null ? [] : (session.run.byName.get(unit.layer)?.spatial ?? [])).map((size) => size ?? 1)
}

function move(session: Session, event: KeyboardEvent): void {
  const { unit } = session.place
  if (unit === null || unit.channel === null) return
  const at = moved(session.shown?.at ?? null, event.key, event.shiftKey ? 10 : 1, shapeOf(session))
  if (at !== null) session.inspection.settle(at)
}

function enter(session: Session): void {
  const { place, shown, inspection } = session
  if (place.unit === null || shown === null) return
  if (shown.at === null && shapeOf(session).length > 0) inspection.settle(shapeOf(session).map((size) => Math.floor(size / 2)))
  else if (unitText(shown) !== unitText(place.unit)) inspection.settle(shown.at ?? [])
  else inspection.down()
}
