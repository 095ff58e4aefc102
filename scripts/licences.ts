// The licences of the packages that are in the bundle.

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The texts of the licences of all packages that are in these files, one after the other. */
export async function licences(outputs: Metafile['outputs']): Promise<string> {
  const texts = new Map<string, string>();
  for (const folder of packagesIn(outputs)) {
    const { name, version, license } = JSON.parse(await readFile(`${root}${folder}/package.json`, 'utf8'));
    const file = (await readdir(`${root}${folder}`)).find((path) => /^licen[cs]e/i.test(path));
    if (file === undefined) throw new Error(`${folder}: expected a file with its licence`);
    texts.set(`${name} ${version} (${license})`, (await readFile(`${root}${folder}/${file}`, 'utf8')).trim());
  }
  const own = `twc2mqtt is under the licence of the file LICENSE of its source (MIT). It contains these packages:\n`;
  const rule = '='.repeat(80);
  return [own, ...[...texts].map(([title, text]) => `${rule}\n${title}\n\n${text}\n`)].join('\n');
}

/** The folders of the packages of which something is in the bundle. */
function packagesIn(outputs: Metafile['outputs']): string[] {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const packages = used.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []);
  return [...new Set(packages)].sort();
}
