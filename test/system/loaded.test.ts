// What is loaded for each kind of configuration: each of these parts costs memory for months, so it is there only for those
// who need it.

import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Written } from '../../src/config/options.ts';
import { startBridge } from './bridge.ts';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { createSerialServer } from './serial-server.ts';
import { until } from './until.ts';

/** The parts of Node.js that take most, by their modules, 1 to 18 MB each. */
const heavy: Readonly<Record<string, string>> = {
  tls: 'tls',
  http: 'http',
  http2: 'http2',
  crypto: 'crypto',
  'Web Crypto': 'internal/crypto/webcrypto',
  compression: 'zlib',
  fetch: 'internal/deps/undici/undici',
  'worker threads': 'worker_threads',
};

/** Of Node.js itself, its own start included: 189 on version 20, 202 on 24. */
const MOST_MODULES = 215;

interface Loaded {
  readonly modules: readonly string[];
  /** Files of the operating system that are mapped. */
  readonly mapped: string;
}

/** Starts the bridge, waits until it has said this, and looks. */
async function loadedWith(folder: Folder, settings: Written, said: RegExp): Promise<Loaded> {
  const [look, list] = [folder.file('look.cjs'), folder.file('modules.json')];
  await writeFile(
    look,
    `process.on('SIGUSR1', () => require('fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(process.moduleLoadList)));`,
  );
  await using bridge = await startBridge(folder, settings, { NODE_OPTIONS: `--require ${JSON.stringify(look)}` });
  await bridge.says(said);
  await bridge.says(/: open$|SIMULATION|no serial/);
  bridge.child.kill('SIGUSR1');
  const modules = await until(() => readFile(list, 'utf8').then(JSON.parse, () => undefined), 'it has looked');
  return {
    modules: modules.map((name: string) => name.replace(/^NativeModule /, '')),
    mapped: await readFile(`/proc/${bridge.pid}/maps`, 'utf8'),
  };
}

function heavyOf({ modules }: Loaded): readonly string[] {
  return Object.entries(heavy).flatMap(([name, module]) => (modules.includes(module) ? [name] : []));
}

const isSerial = ({ mapped }: Loaded) => mapped.includes('bindings-cpp');

test('a serial device and mqtt:// need nothing heavy', async () => {
  await using broker = await startMosquitto();
  await using folder = await createFolder();
  await using pty = await createPty();
  const loaded = await loadedWith(
    folder,
    { 'interface.port': pty.port, 'status.MQTT.broker': broker.url },
    /: connected$/,
  );
  expect(heavyOf(loaded)).toEqual([]);
  expect(loaded.modules.length).toBeLessThan(MOST_MODULES);
  expect(isSerial(loaded)).toBe(true);
});

test('a serial server needs no serial library', async () => {
  await using broker = await startMosquitto();
  await using folder = await createFolder();
  await using server = await createSerialServer();
  await server.listen();
  const settings = { 'interface.port': server.port, 'status.MQTT.broker': broker.url };
  const loaded = await loadedWith(folder, settings, /: connected$/);
  expect(heavyOf(loaded)).toEqual([]);
  expect(isSerial(loaded)).toBe(false);
});

test('mqtts:// needs TLS, and nothing else that is heavy', async () => {
  await using folder = await createFolder();
  await using server = await createSerialServer();
  await server.listen();
  const settings = { 'interface.port': server.port, 'status.MQTT.broker': `mqtts://127.0.0.1:${await freePort()}` };
  const loaded = await loadedWith(folder, settings, /trying again/);
  expect(heavyOf(loaded)).toEqual(expect.arrayContaining(['tls', 'crypto']));
  expect(heavyOf(loaded)).not.toContain('fetch');
  expect(heavyOf(loaded)).not.toContain('http');
});

test('the page needs HTTP, and no TLS', async () => {
  await using broker = await startMosquitto();
  await using folder = await createFolder();
  await using server = await createSerialServer();
  await server.listen();
  const page = { 'page.listen': `127.0.0.1:${await freePort()}` };
  const settings = { 'interface.port': server.port, 'status.MQTT.broker': broker.url, ...page };
  const loaded = await loadedWith(folder, settings, /: connected$/);
  expect(heavyOf(loaded)).toContain('http');
  expect(heavyOf(loaded)).not.toContain('tls');
  expect(heavyOf(loaded)).not.toContain('fetch');
});

test('simulated chargers on a broker of its own need neither TLS nor HTTP nor a serial library', async () => {
  await using folder = await createFolder();
  const settings = { 'interface.port': 'simulator', 'status.MQTT.broker': 'embedded' };
  const loaded = await loadedWith(folder, settings, /: connected$/);
  for (const part of ['tls', 'http', 'http2', 'fetch']) expect(heavyOf(loaded)).not.toContain(part);
  expect(isSerial(loaded)).toBe(false);
});
