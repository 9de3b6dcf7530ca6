import { defineLesson } from '../lesson'
import { FIRST, GREY } from '../../state/bench/setup'
import { Filters } from './state.svelte'
import Widget from './Widget.svelte'

const HOUSE = FIRST.state.source ?? ''

export default defineLesson<Filters>({
  begin: (session) => new Filters(session),
  widget: Widget,
  turn: (own) => (own.stage === 'picture' ? () => (own.own = true) : null),
  workbench: ({ stage, kernel, setup, open }) => (stage === 'picture' ? { state: { rank: 2, source: open === null ? HOUSE : `open-${open}${GREY}`, names: [kernel] }, weight: null, input: null } : setup),
  steps: [
    { enter: (own) => own.spike(), done: ({ positions, visited, current }) => current && positions === 6 && visited.size === positions },
    { enter: (own) => own.line(), done: ({ y, index, current, axes }) => current && axes === 2 && y[index] === 3 },
    { enter: (own) => own.lines(), done: ({ stage, shown }) => stage === 'lines' && shown === 'all' },
    { enter: (own) => own.photo(), done: ({ tried, picture }) => tried.length >= 3 && picture.reply !== null },
    { enter: (own) => own.photo(), done: ({ kinds }) => ['blur', 'edge detector', 'sharpener'].every((kind) => kinds.has(kind)) },
  ],
})
