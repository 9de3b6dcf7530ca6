/** Light or dark, and the colour ramps that go with it. */

import { DARK, LIGHT, ramp, type Ground, type Ramp, type RampKind } from '../draw/colour'
import type { Ink } from '../draw/tile'
import { keep, kept } from './kept'

export type ThemeChoice = 'system' | 'light' | 'dark'
const KEY = 'striate.theme'

class Theme {
  choice: ThemeChoice = $state(read())
  /** What someone else has decided, whatever was chosen: a notebook's theme, paper. */
  forced: 'light' | 'dark' | null = $state(null)
  private systemDark = $state(matchMedia('(prefers-color-scheme: dark)').matches)
  readonly dark: boolean = $derived(this.forced !== null ? this.forced === 'dark' : this.choice === 'system' ? this.systemDark : this.choice === 'dark')
  readonly ground: Ground = $derived(this.dark ? DARK : LIGHT)
  /** Of lines drawn on a canvas: the tokens of app.css. */
  readonly ink: Ink = $derived(this.dark ? { line: '#eceded', zero: '#7d8387', ground: '#1f2224' } : { line: '#16181a', zero: '#878a8d', ground: '#f1f1ef' })
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
    keep(KEY, this.choice)
  }
}

function read(): ThemeChoice {
  const choice = kept(KEY)
  return choice === 'light' || choice === 'dark' ? choice : 'system'
}

export const theme = new Theme()

export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
