// The machine that the bridge runs on misbehaves: its clock jumps, its disk is full, its files are spoilt.

import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { largestGap } from '../world.ts';
import { startConfigured } from './bridge.ts';
import { createClock } from './clock.ts';
import { createScene, type Scene } from './scene.ts';
import { observe, until } from './until.ts';

const ended = { code: 0, took: expect.toSatisfy((took: number) => took < 3_000) };

test.concurrent('a clock that jumps a year forth and back changes nothing but the times in the log', {
  timeout: 90_000,
}, async () => {
  await using clock = await createClock();
  await using scene = await createScene({
    config: { 'status.MQTT.ratelimit': 5, 'log.level': 'debug' },
    environment: clock.environment,
  });
  const { bridge, bus, subscriber } = scene;
  await scene.flows(0);
  const from = performance.now();
  const known = scene.news().length;
  const years = new Set<string>();
  for (const shift of ['+365d', '-365d', '+0']) {
    await clock.shift(shift);
    await observe(7_000);
    years.add(bridge.lines.at(-1)?.slice(0, 4) ?? '');
  }
  expect(scene.news().slice(known)).toEqual([]);
  // Debug lines show that the bridge lived in three years.
  expect(years.size).toBe(3);
  expect(largestGap(bus.heartbeats('1A2B'))).toBeLessThan(2_000);
  const told = subscriber.messages.filter(({ topic, at }) => topic === 'TWC/1A2B/ampsInUse' && at > from);
  const times = told.map(({ at }) => at);
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  expect(gaps.length).toBeGreaterThanOrEqual(2);
  // The broker's and our own delays apart, a value comes once in the 5 s that are configured, and does come.
  for (const gap of gaps) expect(gap).toBeGreaterThan(4_500);
  expect(largestGap(times)).toBeLessThan(9_000);
  expect(await bridge.stop()).toEqual(ended);
});

describe.concurrent('the state file', () => {
  test.each([
    ['empty', ''],
    ['truncated', '{"version":1,"clientId":"twc2mqtt-0a1b2c3d","chargers":[{"id":"1A'],
    ['of another kind', '[]'],
    ['full of zeros', '\0'.repeat(500)],
  ])('that is %s is said to be so, once, and replaced by a good one', async (_, content) => {
    await using scene = await createScene();
    const { bridge } = scene;
    await scene.flows(0);
    const path = statePath(scene);
    await until(async () => (await readFile(path, 'utf8')).includes('1A2B'), 'the charger is remembered');
    await bridge.end('SIGKILL');
    await writeFile(path, content);
    await chmod(path, 0o644);
    await using second = await startConfigured(scene.folder.file('bridge.yaml'));
    await scene.flows(performance.now());
    expect(second.lines.filter((line) => / warn /.test(line))).toEqual([
      expect.stringMatching(/state\.json: not all of it can be used: /),
    ]);
    await until(async () => (await readFile(path, 'utf8')).includes('1A2B'), 'the charger is remembered again');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await second.stop()).toEqual(ended);
  });

  test('that cannot be written where it should be is written once it can', async () => {
    await using scene = await createScene();
    const { folder, bridge } = scene;
    await bridge.end('SIGKILL');
    // Nobody, whatever his rights, writes into a folder that is a file.
    const place = folder.file('place');
    await writeFile(place, '');
    await writeFile(folder.file('bridge.yaml'), await withState(scene, `${place}/twc2mqtt.json`));
    await using second = await startConfigured(folder.file('bridge.yaml'));
    await second.says(/warn .*twc2mqtt\.json: cannot be written, there is a file where its folder should be/);
    await scene.flows(performance.now());
    await rm(place);
    await mkdir(place);
    const from = performance.now();
    await second.says(/info .*twc2mqtt\.json: can be written again/, 5_000);
    console.info(`a state file that can be written again: written after ${Math.round(performance.now() - from)} ms`);
    expect(await readFile(`${place}/twc2mqtt.json`, 'utf8')).toContain('1A2B');
    expect(second.lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    expect(await second.stop()).toEqual(ended);
  });

  test('on a disk that is full stays as it was, and is written when there is room', async () => {
    await using scene = await createScene();
    const { bridge } = scene;
    const path = statePath(scene);
    await scene.flows(0);
    await until(async () => (await readFile(path, 'utf8')).includes('firmware'), 'the charger is remembered');
    const before = await readFile(path, 'utf8');
    const descriptors = await bridge.descriptors();
    await room(bridge.pid, '0:');
    const hand = await connectAsync(scene.broker.url);
    await hand.publishAsync('TWC/1A2B/set/limit', '20');
    await bridge.says(/warn .*state\.json: cannot be written, the file would be larger than is allowed here/);
    await scene.flows(performance.now());
    expect(await readFile(path, 'utf8')).toBe(before);
    await room(bridge.pid, 'unlimited:');
    await bridge.says(/info .*state\.json: can be written again/, 5_000);
    expect(await readFile(path, 'utf8')).toContain('"limit": 20');
    expect(bridge.lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    await until(async () => (await bridge.descriptors()) === descriptors, 'nothing is left open');
    await room(bridge.pid, '0:');
    await hand.publishAsync('TWC/1A2B/set/limit', '21');
    await hand.endAsync();
    expect(await bridge.stop()).toEqual(ended);
  });
});

function statePath({ folder }: Scene): string {
  return folder.file('twc2mqtt-bridge.state.json');
}

async function withState({ folder }: Scene, path: string): Promise<string> {
  return `${await readFile(folder.file('bridge.yaml'), 'utf8')}state:\n  path: ${path}\n`;
}

/** How large a file may become that the process writes. */
async function room(pid: number, limit: string): Promise<void> {
  await promisify(execFile)('prlimit', [`--pid=${pid}`, `--fsize=${limit}`]);
}
