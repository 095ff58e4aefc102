// Where settings come from, as far as no other test sees it: where the page is served.

import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findSettings } from '../../src/config/setup.ts';
import { createFolder } from '../system/folder.ts';

test.each<[string, object | undefined]>([
  ['', undefined],
  ['page:\n  listen: ""\n', undefined],
  ['page:\n  listen: 127.0.0.1:8099\n', { host: '127.0.0.1', port: 8099 }],
  ['page:\n  listen: "[::1]:80"\n', { host: '::1', port: 80 }],
  ['page:\n  listen: garage.local:8099\n', { host: 'garage.local', port: 8099 }],
])('with the configuration %j', async (source, page) => {
  await using folder = await createFolder();
  await writeFile(folder.file('config.yaml'), source);
  expect((await findSettings(folder.file('config.yaml'), {})).page).toEqual(page);
});

test('who tries it with simulated chargers is told all four settings of real ones', async () => {
  await using folder = await createFolder();
  await writeFile(folder.file('config.yaml'), '');
  const { simulationHint } = await findSettings(folder.file('config.yaml'), {});
  const settings = ['interface.port', 'status.MQTT.broker', 'config.maxAmpsForSlaves', 'config.maxAmpsPerTWC'];
  for (const name of settings) expect(simulationHint.join()).toContain(name);
});

test('in the Home Assistant app it is for the Supervisor alone, at the port where that looks', async () => {
  await using folder = await createFolder();
  await writeFile(folder.file('options.json'), JSON.stringify({ simulator: true }));
  const setup = await findSettings('', { SUPERVISOR_TOKEN: 'x', TWC2MQTT_DATA: folder.path });
  expect(setup.page).toEqual({ host: '', port: 8099, only: '172.30.32.2' });
});
