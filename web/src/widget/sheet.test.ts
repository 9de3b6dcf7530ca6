import { expect, test } from 'vitest'
import { shadowed } from './sheet'

test('variables, theme and text move to the host', () => {
  expect(shadowed(":root{--a:1}:root[data-theme='dark']{--a:2}html,body{height:100%}body{color:red}")).toBe(
    ":host{--a:1}:host([data-theme='dark']){--a:2}html,body{height:100%}.striate{color:red}",
  )
  expect(shadowed(':root {\n}\nbody {\n}')).toBe(':host {\n}\n.striate {\n}')
})
