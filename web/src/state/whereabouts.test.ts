import { expect, test } from 'vitest'
import { InMemory } from './whereabouts'

test('a place in memory is read back as it was written', () => {
  const place = new InMemory('/?n=net#conv:3@1,2')
  expect(place.url.hash).toBe('#conv:3@1,2')
  place.push('/?n=net&x=cat#relu:0')
  expect(place.url.searchParams.get('x')).toBe('cat')
  place.replace('/')
  expect(place.url.search + place.url.hash).toBe('')
})
