// Fills ha-addon/app with the program, so that the folder ha-addon alone is the app: npm run app. Two runs give the same
// bytes, modes and times.

import { chmod, cp, readdir, utimes, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { bundle } from './bundle.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Native files for Alpine (musl) on what the manifest calls amd64 and aarch64. */
const NATIVE = /^linux-(x64|arm64)\/.*\.musl\.node$/;

/** The same at every run: a time that every archive can hold. */
const EPOCH = new Date('2020-01-01T00:00:00Z');

/** Replaces what is in the folder. */
export async function fillApp(folder: string): Promise<void> {
  await bundle(folder, (native) => NATIVE.test(native));
  const { name, version, description, license, type } = packageJson;
  await writeFile(
    `${folder}/package.json`,
    `${JSON.stringify({ name, version, description, license, type }, null, 2)}\n`,
  );
  await cp(`${root}LICENSE`, `${folder}/LICENSE`);
  for (const path of await contents(folder)) {
    const isFolder = (await readdir(path).catch(() => undefined)) !== undefined;
    await chmod(path, isFolder ? 0o755 : 0o644);
    await utimes(path, EPOCH, EPOCH);
  }
}

/** The folder with all that is in it, what is inside first. */
async function contents(folder: string): Promise<string[]> {
  const inside = await readdir(folder, { recursive: true });
  return [
    ...inside
      .sort()
      .reverse()
      .map((path) => `${folder}/${path}`),
    folder,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await fillApp(`${root}ha-addon/app`);
