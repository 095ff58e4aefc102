// A charging session as an owner has it: through a crash of the bridge, on the broker, in the history and on the table.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { slave, tesla } from '../world.ts';
import { artifact, startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { observe, until } from './until.ts';

async function sessions(config: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [artifact, 'sessions', '--config', config, ...args], { timeout: 30_000 });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  return out;
}

test('a session outlives a bridge that is killed, and is in the history with the energy of the meter', async () => {
  let plugged = true;
  const unit = slave('1A2B', { car: () => (plugged ? tesla : undefined), counter: 8_732_946, counterIn: 'Wh' });
  await using folder = await createFolder();
  await using broker = await startMosquitto();
  await using subscriber = await subscribe(broker.url);
  await using pty = await createPty();
  using _slaves = attach(pty, [unit]);
  const settings = {
    'interface.port': pty.port,
    'interface.askPlugState': true,
    'status.MQTT.broker': broker.url,
  } as const;
  const value = (name: string) => subscriber.messages.findLast(({ topic }) => topic === `TWC/1A2B/${name}`)?.payload;
  const config = folder.file('bridge.yaml');

  await using first = await startBridge(folder, settings);
  await until(() => Number(value('sessionEnergy')) > 0.02, 'energy of the session', 60_000);
  const start = value('sessionStart');
  expect(await sessions(config)).toBe('No sessions.\n');
  await first.end('SIGKILL');
  // What a torn write leaves behind.
  await appendFile(folder.file('twc2mqtt-bridge.sessions.jsonl'), '{"charger":"1A');

  await using second = await startBridge(folder, settings);
  await until(() => Number(value('sessionEnergy')) > 0.05, 'more energy of the session', 60_000);
  expect(value('sessionStart')).toBe(start);
  plugged = false;
  const last = JSON.parse(await until(() => value('lastSession'), 'the session is over', 60_000));
  const truth = (unit.wattHours(Number.MAX_SAFE_INTEGER) - 8_732_946) / 1_000;
  expect(last).toMatchObject({ charger: '1A2B', start, vin: tesla.vin, energyFrom: 'meter', peakAmps: 16 });
  expect(Math.abs(last.kWh - truth)).toBeLessThan(0.003);

  const csv = await until(
    async () => {
      const out = await sessions(config, '--csv', '--vin', tesla.vin.toLowerCase());
      return out.split('\r\n').length > 2 && out;
    },
    'the session is in the history',
    30_000,
  );
  const row = ['1A2B', last.start, last.end, last.seconds, last.kWh, 'meter', last.peakAmps, tesla.vin].join();
  expect(csv).toBe(`charger,start,end,seconds,kWh,energyFrom,peakAmps,vin\r\n${row}\r\n`);
  expect(await sessions(config)).toMatch(/^Total {4}1 session /m);
  expect(await sessions(config, '--to', '2000-01-01')).toBe('No sessions.\n');

  await second.stop();
  await using third = await startBridge(folder, settings);
  await third.says(/1A2B: online/);
  await observe(3_000);
  expect((await sessions(config, '--csv')).split('\r\n')).toHaveLength(3);
  expect(value('lastSession')).toBe(JSON.stringify(last));
}, 300_000);

test('energy that subscribers have seen never goes back, although the bridge is killed as soon as they see it', async () => {
  const unit = slave('1A2B', { car: () => tesla, counter: 8_732_946, counterIn: 'Wh' });
  await using folder = await createFolder();
  await using broker = await startMosquitto();
  await using subscriber = await subscribe(broker.url, { filter: 'TWC/#' });
  await using pty = await createPty();
  using _slaves = attach(pty, [unit]);
  const settings = { 'interface.port': pty.port, 'status.MQTT.broker': broker.url } as const;
  const said = (name: string) =>
    subscriber.messages.filter(({ topic }) => topic === `TWC/${name}`).map(({ payload }) => Number(payload));
  const names = ['1A2B/energy', '1A2B/sessionEnergy', '1A2B/lifetimekWh', 'all/energy'];
  for (let kills = 0; kills < 3; kills++) {
    await using bridge = await startBridge(folder, settings);
    const before = Math.max(0, ...said('1A2B/energy'));
    await until(() => Math.max(0, ...said('1A2B/energy')) > before + 0.01, 'more energy', 60_000);
    await bridge.end('SIGKILL');
  }
  await using last = await startBridge(folder, settings);
  const before = Math.max(...said('1A2B/energy'));
  await until(() => Math.max(...said('1A2B/energy')) > before, 'more energy', 60_000);
  await last.stop();
  for (const name of names) expect(said(name), name).toEqual(said(name).toSorted((a, b) => a - b));
}, 300_000);

test.each([
  ['--from', 'yesterday', '--from: expected a date such as 2026-11-25'],
  ['--to', '2026-02-30', '--to: expected a date such as 2026-11-25'],
])('%s %s is wrong usage', async (flag, given, problem) => {
  await using folder = await createFolder();
  const child = spawn(process.execPath, [artifact, 'sessions', flag, given], { cwd: folder.path, timeout: 30_000 });
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(code).toBe(2);
  expect(err).toContain(problem);
});
