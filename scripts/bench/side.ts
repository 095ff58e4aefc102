// What is measured side by side in one run, so that whatever else the machine does hits all of it.

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Written } from '../../src/config/options.ts';
import type { Closers } from '../../src/io/closers.ts';
import { artifact, type RunningBridge, startBridge } from '../../test/system/bridge.ts';
import type { Folder } from '../../test/system/folder.ts';
import { type Program, start } from '../../test/system/program.ts';

/** A built bridge and the Node.js that runs it. */
export interface Side {
  readonly name: string;
  readonly node: string;
  readonly artifact: string;
  /** The folder of its source. */
  readonly source: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** This checkout and, if there is one, another that is built. */
export async function sidesOf(node: string, against: string | undefined): Promise<readonly Side[]> {
  const own = { name: 'this build', node, artifact, source: root };
  if (against === undefined) return [own];
  const source = resolve(against);
  const other = { name: 'the other', node, artifact: join(source, 'dist/twc2mqtt.js'), source };
  await stat(other.artifact);
  return [own, other];
}

/** Each bridge has topics of its own, so that all may have the same broker. */
export function startSide(side: Side, folder: Folder, settings: Written): Promise<RunningBridge> {
  return startBridge(folder, { 'status.MQTT.topicPrefix': prefixOf(side), ...settings }, {}, side);
}

export function prefixOf({ name }: Side): string {
  return name.replaceAll(' ', '-');
}

/** The minimal reader as a bundle too, so that it starts and runs as the bridge does. */
export async function startMinimalReader(node: string, folder: Folder, args: readonly string[]): Promise<Program> {
  const outfile = folder.file('minimal-reader.mjs');
  const entry = fileURLToPath(new URL('minimal-reader.ts', import.meta.url));
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const common = { bundle: true, minify: true, platform: 'node', format: 'esm', banner: { js } } as const;
  await build({ ...common, entryPoints: [entry], outfile });
  const program = await start(node, [outfile, ...args]);
  await program.says(/^reads$/);
  return program;
}

/** What was opened, which is closed with all others. */
export async function kept<T extends AsyncDisposable>(closers: Closers, opening: T | Promise<T>): Promise<T> {
  const opened = await opening;
  closers.add(() => opened[Symbol.asyncDispose]());
  return opened;
}

/** What Node.js says of its version. */
export async function versionOf(node: string): Promise<string> {
  const program = await start(node, ['--version']);
  await program.ended;
  return program.lines.join('');
}

/** How a source says which it is. */
export async function revisionOf({ source }: Side): Promise<string> {
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  const program = await start('git', ['-C', source, 'rev-parse', '--short', 'HEAD']);
  return (await program.ended) === 0 ? program.lines.join('') : version;
}
