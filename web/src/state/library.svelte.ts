/** What is open on the server, and opening more: networks, inputs, samples, files. */

import type { Asker } from '../protocol/connection'
import { errorText } from '../protocol/connection'
import type { FilmForm, HelloAnswer, InputEntry, LibraryNotice, Limits, NetworkEntry, Progress, Sample, Uploaded, UploadError } from '../protocol/messages'
import { count } from '../draw/numbers'

const NETWORK_ENDINGS = ['.onnx', '.pt', '.pth', '.keras', '.h5']

/** How something that takes its time says how far it is, and is stopped. */
type Watched = { readonly signal: AbortSignal; readonly progress: (report: Progress) => void }

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
        // An input that came with it is for no other network.
        if (opened === null) return null
        continue
      }
      const target = opened?.network ?? network
      if (target === null) {
        this.failure = `"${file.name}" is an input, and no network is open; drop an .onnx file first`
        return opened
      }
      const found = await this.openInput(target, { upload }, file.name)
      if (found === null) return opened
      opened = { ...opened, ...found }
    }
    return opened
  }

  /** Sends a file; null if it could not be sent. */
  upload(file: File): Promise<string | null> {
    return this.during(file.name, ({ signal }) => this.send(file, signal))
  }

  /** Sends a file for somebody else to open; null if that was not possible. */
  use<T>(file: File, open: (upload: string, options: Watched) => Promise<T>): Promise<T | null> {
    return this.during(file.name, async (options) => open(await this.send(file, options.signal), options))
  }

  private async send(file: File, signal: AbortSignal): Promise<string> {
    const most = this.limits?.upload_bytes
    if (most !== undefined && file.size > most) throw new Error(`"${file.name}" has ${count(file.size)} bytes; an upload may have ${count(most)}`)
    const request = { method: 'POST', body: file, signal }
    const answer = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, request).catch(() => {
      throw new Error(`"${file.name}" could not be sent: it is a folder, or it was changed or taken away meanwhile, or the server is gone`)
    })
    const said: unknown = await answer.json()
    if (!answer.ok) throw new Error((said as UploadError).message)
    return (said as Uploaded).upload
  }

  private async during<T>(name: string, work: (options: Watched) => Promise<T>): Promise<T | null> {
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
