import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeServer, settled } from './fake'
import { isNetworkFile, Library } from './library.svelte'

afterEach(() => vi.unstubAllGlobals())

const upload = (): ReturnType<typeof vi.fn> => vi.fn((url: string) => Promise.resolve(Response.json({ upload: `id of ${decodeURIComponent(url.split('=')[1] ?? '')}` })))

describe('the library', () => {
  it('opens the network before the input that was dropped with it', async () => {
    vi.stubGlobal('fetch', upload())
    const server = new FakeServer()
    const library = new Library(server)
    const opened = library.openFiles([new File(['x'], 'cat photo.jpg'), new File(['y'], 'net.ONNX')], null)
    await settled()
    expect(server.last('open_network').request).toEqual({ upload: 'id of net.ONNX' })
    await server.last('open_network').answer({ network: { id: 'net' }, input: null })
    await settled()
    expect(server.last('open_input').request).toEqual({ network: 'net', sources: [{ upload: 'id of cat photo.jpg' }] })
    await server.last('open_input').answer({ input: { id: 'cat' } })
    expect(await opened).toEqual({ network: 'net', input: 'cat' })
    expect(library.busy).toBeNull()
  })

  it('says what is missing, too large or refused', async () => {
    const library = new Library(new FakeServer())
    vi.stubGlobal('fetch', upload())
    await library.openFiles([new File(['x'], 'cat.jpg')], null)
    expect(library.failure).toContain('no network is open')
    library.limits = { upload_bytes: 2, picture_pixels: 1, values: 1, networks: 1, inputs: 1, painted: 1 }
    await library.openFiles([new File(['xyz'], 'net.onnx')], null)
    expect(library.failure).toBe('"net.onnx" has 3 bytes; an upload may have 2')
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ kind: 'LimitError', message: 'too many' }, { status: 413 })))
    await library.openFiles([new File(['x'], 'net.onnx')], null)
    expect(library.failure).toBe('too many')
  })

  it('keeps what was wrong with a network, and opens its input for no other', async () => {
    vi.stubGlobal('fetch', upload())
    const server = new FakeServer()
    const library = new Library(server)
    const opened = library.openFiles([new File(['x'], 'cat.jpg'), new File(['y'], 'torn.onnx')], 'other')
    await settled()
    await server.last('open_network').fail(new Error('torn'))
    expect([await opened, library.failure]).toEqual([null, 'torn'])
    expect(server.calls.map(({ type }) => type)).toEqual(['open_network'])
  })

  it('sends a file for another to open, and says what is wrong with it', async () => {
    const library = new Library(new FakeServer())
    vi.stubGlobal('fetch', upload())
    expect(await library.use(new File(['x'], 'cat.jpg'), (id) => Promise.resolve(`opened ${id}`))).toBe('opened id of cat.jpg')
    expect(await library.use(new File(['x'], 'cat.jpg'), () => Promise.reject(new Error('no cat')))).toBeNull()
    expect([library.failure, library.busy]).toEqual(['no cat', null])
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await library.use(new File([], 'folder'), () => Promise.resolve(1))).toBeNull()
    expect(library.failure).toContain('"folder" could not be sent: it is a folder')
  })

  it('stops', async () => {
    const server = new FakeServer()
    const library = new Library(server)
    const opened = library.openNetwork({ sample: 'big' }, 'big')
    library.cancel()
    expect([await opened, library.failure, library.busy]).toEqual([null, null, null])
    expect(server.last('open_network').signal?.aborted).toBe(true)
  })

  it('knows networks by their ending', () => {
    expect(['a.onnx', 'b.PT', 'c.png', 'onnx'].map(isNetworkFile)).toEqual([true, true, false, false])
  })
})
