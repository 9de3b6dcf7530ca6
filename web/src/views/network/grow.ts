/** A transition: an element grows out of a place on the page, and goes back into it. */

import { cubicOut } from 'svelte/easing'
import type { TransitionConfig } from 'svelte/transition'

/** How an element's box is laid onto another at a share of the way, 0 there and 1 at home; its origin is its left upper corner. */
export function laidOnto(home: Box, place: Box, share: number): { x: number; y: number; scaleX: number; scaleY: number } {
  const back = 1 - share
  return {
    x: back * (place.left - home.left),
    y: back * (place.top - home.top),
    scaleX: share + back * (place.width / Math.max(home.width, 1)),
    scaleY: share + back * (place.height / Math.max(home.height, 1)),
  }
}

export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

export function grow(node: Element, { from, duration }: { from: () => Box | null; duration: number }): TransitionConfig {
  const home = node.getBoundingClientRect()
  const place = from()
  return {
    duration,
    easing: cubicOut,
    css: (share) => {
      if (place === null) return `opacity: ${share}`
      const { x, y, scaleX, scaleY } = laidOnto(home, place, share)
      return `transform: translate(${x}px, ${y}px) scale(${scaleX}, ${scaleY}); opacity: ${Math.min(1, 0.3 + share)}`
    },
  }
}
