// The built bridge as an owner runs it: a configuration file, a process, a log.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Document } from 'yaml';
import type { Written } from '../../src/config/options.ts';
import type { Folder } from './folder.ts';
import { type Program, type ProgramSettings, start } from './program.ts';
import { remember } from './remembered.ts';

export const artifact = fileURLToPath(new URL('../../dist/twc2mqtt.js', import.meta.url));

/** What is run: the build of this checkout by this Node.js, unless it says otherwise. */
export interface Build {
  readonly artifact: string;
  readonly node: string;
}

const own: Build = { artifact, node: process.execPath };

export interface RunningBridge extends Program {
  /** Ends it as a service manager does; the exit code and how long it took (ms). */
  stop(): Promise<{ code: number | NodeJS.Signals; took: number }>;
  /** Resident memory, MB. */
  memory(): Promise<number>;
  /** Open files, connections, timers of the system. */
  descriptors(): Promise<number>;
}

/** What a test does not say. */
const usual: Written = {
  'config.maxAmpsForSlaves': 32,
  'config.maxAmpsPerTWC': 32,
  'status.MQTT.ratelimit': 0,
  'homeassistant.discovery': 'off',
};

/**
 * Writes the configuration into the folder and starts the bridge; what it remembers stays in the folder too. It knows the
 * chargers on its cable from before.
 */
export async function startBridge(
  folder: Folder,
  settings: Written,
  environment: ProgramSettings['env'] = {},
  build: Build = own,
): Promise<RunningBridge> {
  const file = folder.file('bridge.yaml');
  await writeFile(file, yaml({ ...usual, ...settings }));
  await remember(folder.file('twc2mqtt-bridge.state.json'), settings);
  return startConfigured(file, environment, build);
}

/** Starts the bridge with a configuration that is there. */
export async function startConfigured(
  file: string,
  env: ProgramSettings['env'] = {},
  { node, artifact }: Build = own,
): Promise<RunningBridge> {
  const program = await start(node, [artifact, '--config', file], { env });
  return {
    ...program,
    async stop() {
      const from = performance.now();
      const code = await program.end('SIGTERM');
      return { code, took: performance.now() - from };
    },
    descriptors: async () => (await readdir(`/proc/${program.pid}/fd`)).length,
    async memory() {
      const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
      return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) / 1_024;
    },
  };
}

/** `{ 'log.level': 'debug' }` as it stands in a file. */
function yaml(settings: Written): string {
  const document = new Document({});
  for (const [path, value] of Object.entries(settings)) document.setIn(path.split('.'), value);
  return String(document);
}
