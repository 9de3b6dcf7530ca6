/** What is open on the server, and opening more: networks, inputs, samples, files. */

import type { Asker } from '../protocol/connection'
import { errorText } from '../protocol/connection'
import type { FilmForm, HelloAnswer, InputEntry, LibraryNotice, Limits, NetworkEntry, Progress, Sample, Uploaded, UploadError } from '../protocol/messages'
import { count } from '../draw/numbers'

const NETWORK_ENDINGS = ['.onnx', '.pt', '.pth', '.keras', '.h5']

export type Opened = { network?: string; input?: string | null }

/** Whether a file is a network by its ending; the server decides what it can read. */
export function isNetworkFile(name: string): boolean {
  return NETWORK_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending))
}

export class Library {
  networks: readonly NetworkEntry[] = $state.raw([])
  inputs: readonly InputEntry[] = $state.raw([])
  samples: readonly Sample[] = $state.raw([])
  limits: Limits | null = $state.raw(null)
  /** What animations can be saved as. */
  films: readonly FilmForm[] = $state.raw([])
  version = $state('')
  /** What is being opened, and how far it is. */
  busy: { name: string; report: Progress | null } | null = $state.raw(null)
  /** What went wrong with the last file. */
  failure: string | null = $state(null)
  /** Where on the page a file was last dropped or chosen: what there is to say about it stands there. */
  origin: { readonly x: number; readonly y: number } = { x: 64, y: 52 }
  private stop: AbortController | null = null

  constructor(private readonly server: Asker) {}

  greet(hello: HelloAnswer): void {
    this.networks = hello.networks
    this.inputs = hello.inputs
    this.limits = hello.limits
    this.films = hello.films
    this.version = hello.version
  }

  notice({ networks, inputs }: LibraryNotice): void {
    this.networks = networks
    this.inputs = inputs
  }

  inputsFor(network: string | null): InputEntry[] {
    return this.inputs.filter((input) => network !== null && input.fits.includes(network))
  }

  async loadSamples(network: string | null): Promise<void> {
    const { message } = await this.server.ask('samples', { network })
    this.samples = message.samples
  }

  cancel(): void {
    this.stop?.abort()
  }

  async openNetwork(source: { upload: string } | { sample: string }, name: string): Promise<Opened | null> {
    return this.during(name, async (options) => {
      const { message } = await this.server.ask('open_network', source, options)
      if (!this.networks.some(({ id }) => id === message.network.id)) this.networks = [...this.networks, message.network]
      return { network: message.network.id, input: message.input }
    })
  }

  async openInput(network: string, source: { upload: string } | { sample: string }, name: string): Promise<Opened | null> {
    return this.during(name, async (options) => {
      const { message } = await this.server.ask('open_input', { network, sources: [source] }, options)
      if (!this.inputs.some(({ id }) => id === message.input.id)) this.inputs = [...this.inputs, message.input]
      return { input: message.input.id }
    })
  }

  /** Opens dropped or chosen files: a network first, then inputs for it. */
  async openFiles(files: readonly File[], network: string | null): Promise<Opened | null> {
    let opened: Opened | null = null
    const sorted = [...files].sort((a, b) => Number(isNetworkFile(b.name)) - Number(isNetworkFile(a.name)))
    for (const file of sorted) {
      const upload = await this.upload(file)
      if (upload === null) return opened
      if (isNetworkFile(file.name)) {
        opened = await this.openNetwork({ upload }, file.name)
        continue
      }
      const target = opened?.network ?? network
      if (target === null) {
        this.failure = `"${file.name}" is an input, and no network is open; drop an .onnx file first`
        return opened
      }
      opened = { ...opened, ...(await this.openInput(target, { upload }, file.name)) }
    }
    return opened
  }

  /** Sends a file; null if it could not be sent. */
  async upload(file: File): Promise<string | null> {
    const most = this.limits?.upload_bytes
    if (most !== undefined && file.size > most) {
      this.failure = `"${file.name}" has ${count(file.size)} bytes; an upload may have ${count(most)}`
      return null
    }
    return this.during(file.name, async ({ signal }) => {
      const answer = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, signal })
      const said: unknown = await answer.json()
      if (!answer.ok) throw new Error((said as UploadError).message)
      return (said as Uploaded).upload
    })
  }

  private async during<T>(name: string, work: (options: { signal: AbortSignal; progress: (report: Progress) => void }) => Promise<T>): Promise<T | null> {
    const stop = (this.stop = new AbortController())
    this.failure = null
    this.busy = { name, report: null }
    try {
      return await work({ signal: stop.signal, progress: (report) => (this.busy = { name, report }) })
    } catch (error) {
      this.failure = stop.signal.aborted ? null : errorText(error)
      return null
    } finally {
      this.busy = null
    }
  }
}
