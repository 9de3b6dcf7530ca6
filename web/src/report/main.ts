/** A report: the studio's own views over recorded answers, in one file. */

import { flushSync, mount } from 'svelte'
import sheet from '../app.css?inline'
import { Recorded } from '../protocol/recorded'
import { Session } from '../state/session.svelte'
import { theme } from '../state/theme.svelte'
import { InMemory } from '../state/whereabouts'
import { readAnswers, readManifest } from './content'
import Report from './Report.svelte'

async function show(): Promise<void> {
  const style = document.createElement('style')
  style.textContent = sheet
  document.head.append(style)
  const manifest = readManifest(document)
  const recorded = new Recorded(await readAnswers(document))
  const open = async (unit: string | null): Promise<Session> => {
    const session = new Session(recorded, new InMemory(unit === null ? '/' : `/#${encodeURI(unit).replaceAll('#', '%23')}`), true)
    await session.begin()
    return session
  }
  const [session, ...sections] = await Promise.all([open(null), ...manifest.units.map(({ address }) => open(address))])
  document.getElementById('striate-waiting')?.remove()
  mount(Report, { target: document.body, props: { manifest, recorded, session, sections } })
  // Paper is white, whatever the screen is.
  window.addEventListener('beforeprint', () => flushSync(() => (theme.forced = 'light')))
  window.addEventListener('afterprint', () => flushSync(() => (theme.forced = null)))
}

show().catch((error: unknown) => {
  const place = document.getElementById('striate-waiting') ?? document.body
  place.textContent = `This report cannot be shown: ${error instanceof Error ? error.message : String(error)}`
})
