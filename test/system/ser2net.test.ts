// A real ser2net with the configuration that the documentation gives: it is restarted, and the bridge comes back to it.

import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { slave } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import { startMosquitto } from './mosquitto.ts';
import { start } from './program.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { until } from './until.ts';

const documented = new URL('../../docs/ser2net.md', import.meta.url);

/** The documented configuration for another port and device. */
async function configuration(port: number, device: string): Promise<string> {
  const page = await readFile(documented, 'utf8');
  const yaml = /```yaml\n(%YAML[^`]*)```/.exec(page)?.[1] ?? '';
  return yaml.replace('tcp,2000', `tcp,127.0.0.1,${port}`).replace(/serialdev,[^,]+/, `serialdev,${device}`);
}

test('the bridge works through ser2net as documented, also when that is restarted', { timeout: 180_000 }, async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  const [port, file] = [await freePort(), folder.file('ser2net.yaml')];
  await writeFile(file, await configuration(port, pty.port));
  const serve = () => start('ser2net', ['-n', '-u', '-c', file]);
  using bus = attach(pty, [slave('1A2B'), slave('3C4D', { version: 1 })]);
  let server = await serve();
  // As other programs write it.
  await using bridge = await startBridge(folder, {
    'interface.port': `socket://127.0.0.1:${port}`,
    'status.MQTT.broker': broker.url,
  });
  await subscriber.sees('TWC/1A2B/ampsInUse', /^1[0-9]/, 80_000);
  await server.end('SIGKILL');
  await bridge.says(/warn .*127\.0\.0\.1/, 20_000);
  server = await serve();
  await using _server = server;
  const from = bus.heartbeats('1A2B').length;
  await until(() => bus.heartbeats('1A2B').length > from + 2, 'heartbeats again', 20_000);
  expect(await bridge.stop()).toMatchObject({ code: 0 });
});
