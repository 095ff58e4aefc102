// The files of the page as a module: bundled, small, and in the place of src/page/files.ts, so that nothing is read at run
// time.

import { readFile } from 'node:fs/promises';
import { build, type Plugin, transform } from 'esbuild';
import type { PageFile } from '../src/page/files.ts';

const web = new URL('../src/page/web/', import.meta.url);
const target = ['es2022', 'safari15', 'chrome90', 'firefox90'];

export const page: Plugin = {
  name: 'page',
  setup(building) {
    building.onLoad({ filter: /\/src\/page\/files\.ts$/ }, async () => ({
      contents: `export const files = ${JSON.stringify(await pageFiles())};`,
      loader: 'js',
    }));
  },
};

/** What a browser loads, by its path. */
export async function pageFiles(): Promise<Readonly<Record<string, PageFile>>> {
  const source = (name: string) => readFile(new URL(name, web), 'utf8');
  const style = await transform(await source('page.css'), { loader: 'css', minify: true, target });
  const script = await build({
    entryPoints: [new URL('page.ts', web).pathname],
    bundle: true,
    format: 'esm',
    target,
    minify: true,
    legalComments: 'none',
    write: false,
  });
  return {
    '/': { type: 'text/html; charset=utf-8', body: await source('index.html') },
    '/page.css': { type: 'text/css; charset=utf-8', body: style.code },
    '/page.js': { type: 'text/javascript; charset=utf-8', body: script.outputFiles[0]?.text ?? '' },
    '/icon.svg': { type: 'image/svg+xml', body: await source('icon.svg') },
  };
}
