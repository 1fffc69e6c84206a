import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { emoji } from './tools/emoji.mjs';

/** Where a server of ours listens unless it was told otherwise. */
const SERVER = process.env['SYNCWATCH_SERVER'] ?? 'http://127.0.0.1:8080';
/** As the server sends it, so that what it would refuse is seen in a preview too. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; connect-src 'self' ws: wss:; worker-src 'self'; manifest-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export default defineConfig({
  plugins: [svelte(), emoji()],
  // Unit tests run the code that browsers get, not the one for rendering on a server.
  resolve: process.env['VITEST'] === undefined ? {} : { conditions: ['browser'] },
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The content security policy allows files of our own and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: {
    proxy: {
      '/api': { target: SERVER, ws: true },
      '/media': SERVER,
      '/health': SERVER,
      '/metrics': SERVER,
    },
  },
  preview: { headers: { 'Content-Security-Policy': POLICY } },
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
  },
});
