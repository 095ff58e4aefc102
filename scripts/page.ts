// The files of the page as a module: bundled, small, and in the place of src/page/files.ts, so that nothing is read at run
// time.

import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';
import type { PageFile } from '../src/page/files.ts';
import { icon } from './icon.ts';

const web = new URL('../src/page/web/', import.meta.url);
const target = ['es2022', 'safari15', 'chrome90', 'firefox90'];

export const page: Plugin = {
  name: 'page',
  setup(building) {
    building.onLoad({ filter: /\/src\/page\/files\.ts$/ }, async () => ({
      contents: filesModule(await pageFiles()),
      loader: 'js',
    }));
  },
};

/** What a browser loads, by its path. */
export async function pageFiles(): Promise<Readonly<Record<string, PageFile>>> {
  const source = (name: string) => readFile(new URL(name, web), 'utf8');
  return {
    '/': { type: 'text/html; charset=utf-8', body: await source('index.html') },
    '/page.css': { type: 'text/css; charset=utf-8', body: await bundled('page.css') },
    '/page.js': { type: 'text/javascript; charset=utf-8', body: await bundled('page.ts') },
    '/manifest.webmanifest': { type: 'application/manifest+json', body: await source('manifest.webmanifest') },
    '/icon.svg': { type: 'image/svg+xml', body: await source('icon.svg') },
    '/icon-180.png': { type: 'image/png', body: icon(180) },
    '/icon-512.png': { type: 'image/png', body: icon(512) },
  };
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL(entry, web).pathname],
    bundle: true,
    format: 'esm',
    target,
    minify: true,
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** Source of a module that exports the files. */
export function filesModule(files: Readonly<Record<string, PageFile>>): string {
  const entries = Object.entries(files).map(([path, { type, body }]) => {
    const content =
      typeof body === 'string'
        ? JSON.stringify(body)
        : `Buffer.from('${Buffer.from(body as Uint8Array).toString('base64')}', 'base64')`;
    return `${JSON.stringify(path)}: { type: ${JSON.stringify(type)}, body: ${content} }`;
  });
  return `export const files = { ${entries.join(', ')} };`;
}
