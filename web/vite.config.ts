import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { notices } from './notices'
import { lessonTexts } from './src/lessons/text/plugin'

export default defineConfig({
  plugins: [lessonTexts(), svelte(), notices()],
  base: '/',
  build: {
    outDir: '../src/striate/studio/static',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows only files of the server's own: nothing may be inlined as data: either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1' },
  // Style sheets too: what they say about colours is tested.
  test: { include: ['src/**/*.test.ts', '*.test.ts'], css: true },
})
