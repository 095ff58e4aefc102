// What the bridge knows after a restart, and that nothing is lost that it does not understand.

import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { type Restored, readSaved, restore } from '../../src/state/restore.ts';
import { createFolder, type Folder } from '../system/folder.ts';

const config = parseConfig('interface: { port: /dev/ttyUSB0 }', 'config.yaml');
const state = {
  version: 1,
  clientId: 'twc2mqtt-0a1b2c3d',
  port: '/dev/ttyUSB0',
  broker: 'embedded',
  announced: ['homeassistant/x'],
  prefixes: ['TWC'],
  chargers: [{ id: '1A2B', version: 2, ratedAmps: 32 }],
  setPoints: { circuit: 20, chargers: {} },
  sessions: [],
};

async function restored(folder: Folder, text: string): Promise<Restored & { logs: string[]; files: string[] }> {
  const path = folder.file('x.state.json');
  await writeFile(path, text);
  const logs: string[] = [];
  const found = await restore(path, config, (level, line) => void logs.push(`${level} ${line}`));
  return { ...found, logs, files: (await readdir(folder.path)).sort() };
}

test('a state that is whole is taken as it is', async () => {
  await using folder = await createFolder();
  const { state: found, path, logs, files } = await restored(folder, JSON.stringify(state));
  expect(found).toEqual(state);
  expect([path, logs, files]).toEqual([folder.file('x.state.json'), [], ['x.state.json']]);
});

test('without a file there is a new name at the broker and nothing else', async () => {
  await using folder = await createFolder();
  const { state: found } = await restore(folder.file('x.state.json'), config, () => {});
  expect(found).toMatchObject({
    clientId: expect.stringMatching(/^twc2mqtt-[0-9a-f]{12}$/),
    chargers: [],
    sessions: [],
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test('a pipe is not read and not copied, and the bridge runs without a state', async () => {
  await using folder = await createFolder();
  const path = folder.file('x.state.json');
  await promisify(execFile)('mkfifo', [path]);
  const logs: string[] = [];
  const { state: found } = await restore(path, config, (_, text) => void logs.push(text));
  expect(found.chargers).toEqual([]);
  expect(logs).toEqual([
    expect.stringMatching(/expected a readable JSON file, but it is no file but a device\. It cannot/),
  ]);
  expect(await readdir(folder.path)).toEqual(['x.state.json']);
});

test('what came before brokers and sessions were remembered is a state too', async () => {
  await using folder = await createFolder();
  const { version, clientId, port, chargers } = state;
  const { state: found, logs } = await restored(folder, JSON.stringify({ version, clientId, port, chargers }));
  expect(found).toMatchObject({ clientId, chargers, announced: [], sessions: [], setPoints: { chargers: {} } });
  expect(logs).toEqual([]);
});

test.each([
  ['is no JSON', '{"version":1,', /expected a readable JSON file, but its content is damaged/],
  [
    'has a session that cannot be',
    JSON.stringify({ ...state, sessions: [{ session: { seconds: 1e13 } }] }),
    /sessions\.1/,
  ],
  [
    'has a charger with a rating below zero',
    JSON.stringify({ ...state, chargers: [{ id: '1A2B', ratedAmps: -1 }] }),
    /ratedAmps/,
  ],
  ['tells something that is not understood', JSON.stringify({ ...state, colour: 'red' }), /colour: expected one of/],
])('a file that %s is kept beside the new one', async (_, text, problem) => {
  await using folder = await createFolder();
  const { path, logs, files } = await restored(folder, text);
  const [, copy = ''] = files;
  expect(files).toEqual([
    'x.state.json',
    expect.stringMatching(/^x\.state\.json\.bad-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/),
  ]);
  expect(await readFile(folder.file(copy), 'utf8')).toBe(text);
  expect(path).toBe(folder.file('x.state.json'));
  expect(logs).toEqual([expect.stringMatching(problem)]);
  expect(logs.join()).toContain(copy);
});

test('a file of a later version stays as it is, and this version has its own', async () => {
  await using folder = await createFolder();
  const later = JSON.stringify({ version: 2, fleet: {} });
  await writeFile(folder.file('x.state.format-1.json'), JSON.stringify(state));
  const { state: found, path, logs, files } = await restored(folder, later);
  expect(path).toBe(folder.file('x.state.format-1.json'));
  expect(found).toEqual(state);
  expect(files).toEqual(['x.state.format-1.json', 'x.state.json']);
  expect(logs).toEqual([expect.stringMatching(/later version .*format 2.* stays as it is/)]);
});

test('where its folder should be there is a file: nothing is remembered, and that alone is no damage', async () => {
  await using folder = await createFolder();
  await writeFile(folder.file('place'), '');
  expect(await readSaved(folder.file('place/x.state.json'))).toEqual({
    state: undefined,
    path: folder.file('place/x.state.json'),
  });
});
