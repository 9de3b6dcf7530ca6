import { expect, test } from 'vitest'
import { packageOf } from './notices'

test('a module belongs to the package that it lies in, the innermost one', () => {
  expect(packageOf('/web/node_modules/svelte/src/internal/client/index.js')).toBe('/web/node_modules/svelte')
  expect(packageOf('/web/node_modules/@scope/name/index.js?v=1')).toBe('/web/node_modules/@scope/name')
  expect(packageOf('/web/node_modules/a/node_modules/b/index.js')).toBe('/web/node_modules/a/node_modules/b')
  expect(packageOf('C:\\web\\node_modules\\clsx\\dist\\clsx.mjs')).toBe('C:/web/node_modules/clsx')
  expect(packageOf('\0/web/node_modules/svelte/x.js')).toBe('/web/node_modules/svelte')
})

test('our own modules and those that the bundler makes up belong to none', () => {
  expect(packageOf('/web/src/main.ts')).toBeNull()
  expect(packageOf('\0vite/modulepreload-polyfill')).toBeNull()
})
