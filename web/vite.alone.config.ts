/**
 * The front end's parts once more, each in one file that needs no server: `--mode report` for the page of a report, `--mode widget`
 * for a notebook's widget. Both go beside the studio's own files.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { notices } from './notices'

export default defineConfig(({ mode }) => ({
  plugins: [svelte({ emitCss: false, compilerOptions: { css: 'injected' } }), notices({ alone: true })],
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: '../src/striate/studio/static/alone',
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: `src/${mode}/main.ts`,
      name: 'striate',
      formats: [mode === 'report' ? 'iife' : 'es'],
      fileName: () => `${mode}.js`,
    },
  },
}))
