/** The studio in a notebook: an anywidget module. */

import { mount, unmount } from 'svelte'
import sheet from '../app.css?inline'
import { CommSocket, type CommModel } from '../protocol/comm'
import { Connection } from '../protocol/connection'
import { unitText } from '../state/address'
import { Session } from '../state/session.svelte'
import { theme } from '../state/theme.svelte'
import { InMemory } from '../state/whereabouts'
import { followGround } from './ground'
import { shadowed } from './sheet'
import Widget from './Widget.svelte'

/** Shows the widget in an element; the returned function takes it away. */
function render({ model, el }: { model: CommModel; el: HTMLElement }): () => void {
  const host = document.createElement('div')
  el.append(host)
  const root = host.attachShadow({ mode: 'open' })
  const style = document.createElement('style')
  style.textContent = shadowed(sheet)
  root.append(style)
  const socket = new CommSocket(model, tabName())
  const connection = new Connection(() => socket)
  const session = new Session(connection, new InMemory(placeOf(model.get('unit'))))
  connection.onlibrary = (notice) => session.library.notice(notice)
  connection.onstatus = (status) => {
    session.status = status
    if (status === 'open') void session.begin()
  }
  const unfollow = followGround(el, (dark) => {
    theme.forced = dark ? 'dark' : 'light'
    host.dataset['theme'] = theme.forced
  })
  const tell = (unit: string): void => {
    if (model.get('unit') === unit) return
    model.set('unit', unit)
    model.save_changes()
  }
  const props = { session, height: Number(model.get('height') ?? 560), onunit: (unit: Session['place']['unit']) => tell(unit === null ? '' : unitText(unit)) }
  const shown = mount(Widget, { target: root, props })
  const follow = (): void => {
    const unit = session.known(String(model.get('unit') ?? ''))
    if (unit !== null && (session.place.unit === null || unitText(unit) !== unitText(session.place.unit))) session.select(unit)
  }
  model.on('change:unit', follow)
  connection.connect()
  return () => {
    unfollow()
    model.off('change:unit', follow)
    socket.close()
    void unmount(shown)
    host.remove()
  }
}

/** Tells this view from others of the same widget; also where the page is not secure enough for crypto.randomUUID. */
function tabName(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function placeOf(unit: unknown): string {
  return typeof unit === 'string' && unit !== '' ? `/#${encodeURI(unit).replaceAll('#', '%23')}` : '/'
}

export default { render }
