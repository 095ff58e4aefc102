// Starting the page: what the log says of where it is, and that the bridge does without it.

import { expect, test } from 'vitest';
import { createCaptures } from '../../src/capture/library.ts';
import { openPage, type PageSettings, startPage } from '../../src/page/page.ts';
import { record } from '../capture/recording.ts';
import { facts } from './served.ts';

const settings: Omit<PageSettings, 'address'> = {
  topicPrefix: 'TWC',
  knownChargers: [],
  readSessions: async function* () {},
  captures: createCaptures(record({ fromStart: false }).recorder, '/nowhere/bridge.state.json', () => {}),
  findings: () => [],
  facts,
  command: () => undefined,
};

async function started(address: PageSettings['address']) {
  const lines: string[] = [];
  const page = await startPage({ ...settings, address }, (level, text) => void lines.push(`${level} ${text}`));
  await page?.close();
  return { lines: lines.map((line) => line.replace(String(page?.port), 'PORT')), isServed: page !== undefined };
}

const warning = 'warn page: it has no login: everyone on your network can see it and change limits';

test.each<[PageSettings['address'], string[]]>([
  [{ host: '127.0.0.1', port: 0 }, ['info page: http://127.0.0.1:PORT/']],
  [{ host: 'localhost', port: 0 }, ['info page: http://localhost:PORT/']],
  [{ host: '0.0.0.0', port: 0 }, ['info page: http://0.0.0.0:PORT/', warning]],
  [{ host: '', port: 0, only: '172.30.32.2' }, ['info page: served to Home Assistant on port PORT']],
])('at %j', async (address, lines) => {
  expect(await started(address)).toEqual({ lines, isServed: true });
});

test('where another program is', async () => {
  const other = await openPage({ ...settings, address: { host: '127.0.0.1', port: 0 } });
  expect(await started({ host: '127.0.0.1', port: other.port })).toEqual({
    lines: [`warn page: not served at 127.0.0.1, port ${other.port}: another program uses this port`],
    isServed: false,
  });
  await other.close();
});

test('at an address that this machine does not have', async () => {
  expect(await started({ host: '192.0.2.1', port: 8099 })).toEqual({
    lines: ['warn page: not served at 192.0.2.1, port 8099: this machine has no such address'],
    isServed: false,
  });
});
