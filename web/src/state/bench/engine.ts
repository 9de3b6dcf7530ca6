/** An engine of C-MAPSS and its channels as the id of a source: "cmapss", "cmapss/12", "cmapss/12/2,7". */

import type { CmapssChoices } from '../../protocol/messages'

export type Engine = { readonly engine: number; readonly channels: readonly string[] }

export function engineOf(source: string, choices: CmapssChoices): Engine {
  const [, engine, channels] = source.replace(/:\d+$/, '').split('/')
  return { engine: engine === undefined ? (choices.engines[0] ?? 1) : Number(engine), channels: channels === undefined ? choices.usual : channels.split(',') }
}

/** In the file's order; the usual channels are not named. */
export function engineId({ engine, channels }: Engine, choices: CmapssChoices): string {
  const named = choices.channels.map(({ id }) => id).filter((id) => channels.includes(id))
  const usual = named.length === choices.usual.length && named.every((id) => choices.usual.includes(id))
  return `${choices.source}/${engine}${usual ? '' : `/${named.join(',')}`}`
}
