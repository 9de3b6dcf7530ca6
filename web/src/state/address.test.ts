import { describe, expect, it } from 'vitest'
import { NOWHERE, parseUnit, parseUrl, placeUrl, unitText, type Place, type Unit } from './address'

const known = (...names: string[]) => (name: string): boolean => names.includes(name)

describe('addresses', () => {
  it('say everything about a unit and nothing more', () => {
    expect(unitText({ layer: 'features.3', channel: 12, at: [7, 3], sample: 0 })).toBe('features.3:12@7,3')
    expect(unitText({ layer: 'fc', channel: 1, at: [], sample: 2 })).toBe('fc:1#2')
    expect(unitText({ layer: 'fc', channel: null, at: null, sample: 0 })).toBe('fc')
  })

  it('take the longest known name for the layer', () => {
    expect(parseUnit('conv:0@3,4', known('conv'))).toEqual({ layer: 'conv', channel: 0, at: [3, 4], sample: 0 })
    expect(parseUnit('conv:0', known('conv', 'conv:0'))).toEqual({ layer: 'conv:0', channel: null, at: null, sample: 0 })
    expect(parseUnit('a#1', known('a'))).toEqual({ layer: 'a', channel: null, at: null, sample: 1 })
    expect(parseUnit('gone:1', known('conv'))).toBeNull()
  })

  it('come back from a link', () => {
    const units: (Unit | null)[] = [null, { layer: 'edges/Conv', channel: 3, at: [1, 2], sample: 0 }, { layer: 'größe#x %', channel: 0, at: null, sample: 4 }]
    for (const unit of units) {
      const place: Place = { ...NOWHERE, network: 'my net', input: 'cat', scope: 'network', unit, pins: ['a:1', 'b:2@0,0'] }
      const { unitText: text, ...rest } = parseUrl(new URL(placeUrl(place), 'http://127.0.0.1'))
      expect({ ...rest, unit: unit === null ? null : parseUnit(text, known(unit.layer)) }).toEqual(place)
    }
  })

  it('keep the state of another view apart from the unit', () => {
    const unit: Unit = { layer: 'conv', channel: 1, at: [2, 3], sample: 0 }
    const url = placeUrl({ ...NOWHERE, view: 'workbench', told: 'k=a b#1', network: 'net', unit })
    expect(url).toBe('/?view=workbench&n=net#k=a%20b%231')
    expect(parseUrl(new URL(url, 'http://h'))).toMatchObject({ view: 'workbench', told: 'k=a b#1', network: 'net', unitText: '' })
    expect(parseUrl(new URL('http://h/?view=gone#conv:1'))).toMatchObject({ view: 'network', told: '', unitText: 'conv:1' })
  })

  it('stay readable', () => {
    const unit = { layer: 'edges/Conv', channel: 0, at: [105, 44], sample: 0 }
    expect(placeUrl({ ...NOWHERE, network: 'edges', input: 'house', unit })).toBe('/?n=edges&x=house#edges/Conv:0@105,44')
    expect(parseUrl(new URL('http://h/?scale=silly#%E0%A4%A'))).toMatchObject({ scope: 'layer', unitText: '%E0%A4%A' })
  })
})
