/** A lesson: a text in docs/lessons, and here a widget with its state, and what has to be done at each step. */

import type { Component } from 'svelte'
import type { Setup } from '../state/bench/setup'
import type { Session } from '../state/session.svelte'

export type Step<S> = {
  /** Sets the widget up for the step. */
  readonly enter?: (state: S) => void
  /** Whether the reader has done what the step asks for. */
  readonly done: (state: S) => boolean
}

export type Spec<S> = {
  readonly begin: (session: Session) => S
  readonly widget: Component<{ own: S }>
  readonly steps: readonly Step<S>[]
  /** How the figure comes to show what was just opened; null while it has numbers of its own. */
  readonly turn?: (state: S) => (() => void) | null
  /** What the figure shows, for the workbench; null while it can show nothing of the kind. */
  readonly workbench?: (state: S) => Setup | null
}

/** A lesson that somebody is in. */
export type Started = { readonly widget: Component<{ own: unknown }>; readonly state: unknown; enter(step: number): void; done(step: number): boolean; turn(): (() => void) | null; workbench(): Setup | null }
export type Lesson = { readonly count: number; start(session: Session): Started }

export function defineLesson<S>({ begin, widget, steps, turn, workbench }: Spec<S>): Lesson {
  return {
    count: steps.length,
    start(session) {
      const state = begin(session)
      return {
        state,
        // The state that begin gave is the one that this widget takes; outside nobody needs its type.
        widget: widget as unknown as Component<{ own: unknown }>,
        enter: (step) => steps[step]?.enter?.(state),
        done: (step) => steps[step]?.done(state) ?? false,
        turn: () => turn?.(state) ?? null,
        workbench: () => workbench?.(state) ?? null,
      }
    },
  }
}
