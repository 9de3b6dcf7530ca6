/** Light or dark, and the colour ramps that go with it. */

import { DARK, LIGHT, ramp, type Ground, type Ramp, type RampKind } from '../draw/colour'

export type ThemeChoice = 'system' | 'light' | 'dark'
const KEY = 'striate.theme'

class Theme {
  choice: ThemeChoice = $state(read())
  private systemDark = $state(matchMedia('(prefers-color-scheme: dark)').matches)
  readonly dark: boolean = $derived(this.choice === 'system' ? this.systemDark : this.choice === 'dark')
  readonly ground: Ground = $derived(this.dark ? DARK : LIGHT)
  private readonly ramps: Record<RampKind, Ramp> = $derived({
    signed: ramp('signed', this.ground),
    unsigned: ramp('unsigned', this.ground),
    grey: ramp('grey', this.ground),
  })

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => (this.systemDark = matches))
  }

  ramp(kind: RampKind): Ramp {
    return this.ramps[kind]
  }

  toggle(): void {
    this.choice = this.dark ? 'light' : 'dark'
    localStorage.setItem(KEY, this.choice)
  }
}

function read(): ThemeChoice {
  const kept = localStorage.getItem(KEY)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export const theme = new Theme()

export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
