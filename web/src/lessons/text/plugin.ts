/** The lessons' texts, from Markdown to HTML while the page is built: docs/lessons/NN-name.md is the one place where they stand. */

import { marked, type Token, type Tokens, type TokensList } from 'marked'

/** A step: what is told, and what there is to do, as HTML. */
export type StepText = { readonly title: string; readonly body: string; readonly task: string }
export type LessonText = { readonly title: string; readonly intro: string; readonly steps: readonly StepText[] }

/** This heading begins what only the documentation shows. */
const ELSEWHERE = 'In Python'

/** Cuts a text at its second headings; the quotation in a step is its task; pictures stand for what is live on the page. */
export function lessonText(markdown: string): LessonText {
  const tokens = marked.lexer(markdown)
  const parts: { title: string; tokens: Token[] }[] = [{ title: '', tokens: [] }]
  let title = ''
  for (const token of tokens) {
    if (token.type === 'heading' && token['depth'] === 1) title = String(token['text'])
    else if (token.type === 'heading' && token['depth'] === 2) parts.push({ title: String(token['text']), tokens: [] })
    else parts.at(-1)?.tokens.push(token)
  }
  const [intro, ...steps] = parts.filter((part) => part.title !== ELSEWHERE)
  return { title, intro: html(intro?.tokens ?? []), steps: steps.map((step) => stepText(step.title, step.tokens)) }
}

function stepText(title: string, tokens: readonly Token[]): StepText {
  const task = tokens.find((token): token is Tokens.Blockquote => token.type === 'blockquote')
  return { title, body: html(tokens.filter((token) => token !== task)), task: task === undefined ? '' : html(task.tokens) }
}

function html(tokens: readonly Token[]): string {
  const told = tokens.filter((token) => !token.raw.trimStart().startsWith('!['))
  return marked.parser(Object.assign([...told], { links: {} }) as TokensList)
}

/** For Vite: a lesson's file is its text. */
export function lessonTexts(): { name: string; enforce: 'pre'; transform(code: string, id: string): { code: string; map: null } | null } {
  return {
    name: 'striate-lesson-texts',
    enforce: 'pre',
    transform: (code, id) => (id.endsWith('.md') ? { code: `export default ${JSON.stringify(lessonText(code))}`, map: null } : null),
  }
}
