import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { defineConfig } from 'vite';

/** Beside each script and style sheet the same, compressed: what the service hands to whoever takes it. */
function compressed() {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ root, build }) => void (folder = path.resolve(root, build.outDir, build.assetsDir)),
    async closeBundle() {
      const names = (await readdir(folder)).filter((name) => /\.(js|css)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const file = path.join(folder, name);
          await writeFile(`${file}.br`, brotliCompressSync(await readFile(file)));
        }),
      );
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // The service says where the files are, seen from the page that names them.
  base: './',
  logLevel: 'error',
  plugins: [compressed()],
  build: {
    outDir: process.env['PAGES_DIR'] ?? '../dist/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    reportCompressedSize: false,
  },
});
