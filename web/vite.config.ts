import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// Writes sw.js with the list of files a client needs offline, versioned by what those files are.
// Staff pages are left out: they are kept only on a device that opened them.
function serviceWorker(): Plugin {
  return {
    name: 'attune-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const wanted = files
        .filter((f) => !f.fileName.endsWith('.map') && !/assets\/staff-/.test(f.fileName))
        .map((f) => f.fileName);
      const hash = createHash('sha256');
      for (const file of files.sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
        hash.update(file.fileName);
        hash.update(file.type === 'chunk' ? file.code : file.source);
      }
      const shell = ['/', '/icon.svg', '/manifest.webmanifest'].concat(
        wanted.filter((f) => f !== 'index.html').map((f) => `/${f}`),
      );
      const source = readFileSync(new URL('src/sw.js', import.meta.url), 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 16))
        .replace("['__SHELL__']", JSON.stringify(shell));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

export default defineConfig({
  plugins: [serviceWorker()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
});
