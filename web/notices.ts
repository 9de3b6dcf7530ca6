/**
 * Says of what others' work the built files are made: the licence of each package whose code is in them, in THIRD_PARTY.txt beside the
 * page, and at the head of a file that goes out alone. Their licences ask for that.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const FILE = 'THIRD_PARTY.txt'
const LICENCE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i

/** The folder of the package that a module belongs to; null for our own and for what the bundler makes up. */
export function packageOf(module: string): string | null {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module.replaceAll('\\', '/').replace(/^\0+/, ''))?.[1] ?? null
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string }
  const texts = readdirSync(folder).filter((file) => LICENCE.test(file)).sort().map((file) => readFileSync(join(folder, file), 'utf8').trim())
  // What is bundled without its licence must not be handed on.
  if (texts.length === 0) throw new Error(`${name} ${version} is bundled and has no file with its licence (${license ?? 'unknown'})`)
  return `${name} ${version} (${license ?? 'see below'})\n\n${texts.join('\n\n')}\n`
}

function noticesOf(modules: Iterable<string>): string {
  const folders = new Set([...modules].map(packageOf).filter((folder) => folder !== null))
  const head = 'The built files of the studio hold parts of these packages:\n'
  return [head, ...[...folders].sort().map(noticeOf)].join(`\n${'-'.repeat(72)}\n\n`)
}

/** `alone`: the notices go to the head of each file instead of into a file of their own. */
export function notices({ alone = false } = {}): Plugin {
  return {
    name: 'striate:notices',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk')
      if (!alone) this.emitFile({ type: 'asset', fileName: FILE, source: noticesOf(chunks.flatMap(({ moduleIds }) => moduleIds)) })
      else for (const chunk of chunks) chunk.code = `/*!\n${noticesOf(chunk.moduleIds).replaceAll('*/', '* /')}*/\n${chunk.code}`
    },
  }
}
