/** Every lesson: its text is docs/lessons/NN-name.md, the rest the folder of that name here. */

import type { LessonText } from './text/plugin'
import type { Lesson } from './lesson'

export type Entry = { readonly name: string; readonly text: LessonText; readonly lesson: Lesson }

const texts = import.meta.glob<LessonText>('../../../docs/lessons/[0-9][0-9]-*.md', { eager: true, import: 'default' })
const lessons = import.meta.glob<Lesson>('./*/lesson.ts', { eager: true, import: 'default' })

/** In the order of the texts' numbers. */
export const LESSONS: readonly Entry[] = Object.keys(texts)
  .toSorted()
  .flatMap((path) => {
    const name = /(\d\d)-([^/]+)\.md$/.exec(path)?.[2] ?? ''
    const [text, lesson] = [texts[path], lessons[`./${name}/lesson.ts`]]
    return text === undefined || lesson === undefined ? [] : [{ name, text, lesson }]
  })

/** What is not whole: a text without a widget, a widget without a text, another number of steps. */
export function unmatched(): string[] {
  const names = Object.keys(texts).map((path) => /\d\d-([^/]+)\.md$/.exec(path)?.[1] ?? path)
  const folders = Object.keys(lessons).map((path) => path.split('/')[1] ?? path)
  const alone = [...names.filter((name) => !folders.includes(name)), ...folders.filter((name) => !names.includes(name))]
  return [...alone, ...LESSONS.filter(({ text, lesson }) => text.steps.length !== lesson.count).map(({ name, text, lesson }) => `${name}: ${text.steps.length} texts, ${lesson.count} steps`)]
}
