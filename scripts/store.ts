// What Home Assistant's app store gets: the name of the repository and the finished app, and nothing that could be taken for
// another app: npx tsx scripts/store.ts FOLDER

import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { fillApp } from './app.ts';
import { facts } from './facts.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Of the documentation; Home Assistant shows those only that are somewhere on the web. */
const pictures = ['options-en.png', 'page.png'];

/** Replaces what is in the folder. */
export async function fillStore(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const tracked = execFileSync('git', ['ls-files', '-z', 'ha-addon'], { cwd: root, encoding: 'utf8' });
  for (const path of tracked.split('\0').filter(Boolean)) await cp(`${root}${path}`, `${folder}/${path}`);
  await writeFile(`${folder}/repository.yaml`, `name: Tesla Wall Connector Gen 2\nurl: ${facts(packageJson).url}\n`);
  for (const picture of pictures) await cp(`${root}docs/images/${picture}`, `${folder}/ha-addon/images/${picture}`);
  await fillApp(`${folder}/ha-addon/app`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('expected the folder to fill');
  await fillStore(folder);
}
