import { expect, it } from 'vitest'
import { lessonText } from './plugin'

const MARKDOWN = `# A title

What it is about.

## First

Some *words*.

![a picture](../images/x.png)

> Do this.

## Second

More.

## In Python

Not on the page.
`

it('cuts a text into steps, each with its task', () => {
  const { title, intro, steps } = lessonText(MARKDOWN)
  expect(title).toBe('A title')
  expect(intro.trim()).toBe('<p>What it is about.</p>')
  expect(steps.map((step) => step.title)).toEqual(['First', 'Second'])
  expect(steps[0]?.body.trim()).toBe('<p>Some <em>words</em>.</p>')
  expect(steps[0]?.task.trim()).toBe('<p>Do this.</p>')
  expect(steps[1]?.task).toBe('')
})
