// The page: what the log says of where it is, that the bridge does without it, and what a browser is told first.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCaptures } from '../../src/capture/library.ts';
import { openPage, type PageSettings, startPage } from '../../src/page/page.ts';
import { record } from '../capture/recording.ts';
import { facts, serve } from './served.ts';

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

describe('what a browser is told first', () => {
  test('chargers that are known from before a restart are not heard yet', async () => {
    await using served = await serve({ knownChargers: ['1A2B', '3C4D'] });
    served.page.show([{ name: '3C4D/availability', payload: 'online' }]);
    const stream = await served.watch();
    expect(await stream.sees('values')).toEqual({ '1A2B/availability': 'offline', '3C4D/availability': 'online' });
  });

  test('whether adapter and broker are there, and why not', async () => {
    await using served = await serve();
    const stream = await served.watch();
    const adapter = { up: false, reason: '' };
    expect(await stream.sees('connections')).toEqual({ adapter, broker: adapter });
    const broker = { up: false, reason: 'mqtt://10.0.0.2:1883: not authorized' } as const;
    served.page.connection('broker', broker);
    await stream.sees('connections', { adapter, broker });
  });

  test('what is wrong, and the last error with its time', async () => {
    const finding = { level: 'problem', text: 'Only noise is heard', advice: 'swap D+ and D-' } as const;
    let findings: readonly (typeof finding)[] = [];
    await using served = await serve({ findings: () => findings });
    const stream = await served.watch();
    findings = [finding];
    served.page.show([{ name: 'bridge/lastError', payload: 'the broker is gone' }]);
    await stream.sees('findings', [finding]);
    const { text, at } = (await stream.sees('lastError')) as { text: string; at: number };
    expect(text).toBe('the broker is gone');
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
  });

  test('the samples from before a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
    const samplesPath = join(folder, 'bridge.samples.json');
    const samples = { limit: [32, 32], amps: { '1A2B': [10, 12] }, every: 60_000, until: Date.now() };
    await writeFile(samplesPath, JSON.stringify(samples));
    for (let start = 0; start < 2; start++) {
      await using served = await serve({ samplesPath });
      const stream = await served.watch();
      expect(await stream.sees('history')).toMatchObject({ limit: [32, 32], amps: { '1A2B': [10, 12] } });
    }
    await writeFile(samplesPath, 'torn');
    await using served = await serve({ samplesPath });
    expect(await (await served.watch()).sees('history')).toMatchObject({ limit: [], amps: {} });
    await rm(folder, { recursive: true });
  });
});
