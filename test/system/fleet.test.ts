// Many sites at one broker: what docs/fleet.md tells to set up there.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { slave, tesla } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { start } from './program.ts';
import { createSerialServer } from './serial-server.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { observe } from './until.ts';

const bench = fileURLToPath(new URL('../../scripts/bench/fleet.ts', import.meta.url));
const document = await readFile(new URL('../../docs/fleet.md', import.meta.url), 'utf8');

/** The lines of the access list that the documentation shows. */
function accessList(): string[] {
  const [, found = ''] = /```text\n([\s\S]*?)```/.exec(document) ?? [];
  expect(found).toContain('%u');
  return found.trimEnd().split('\n');
}

const users = { 'site-12': 'twelve', 'site-13': 'thirteen', operator: 'all' };
const operator = { username: 'operator', password: users.operator };

async function createSite(broker: string, user: 'site-12' | 'site-13', settings = {}) {
  const folder = await createFolder();
  const server = await createSerialServer();
  await server.listen();
  const bus = attach(server, [slave('1A2B', { car: () => tesla })]);
  const bridge = await startBridge(folder, {
    'interface.port': server.port,
    'status.MQTT.broker': broker,
    'status.MQTT.username': user,
    'status.MQTT.password': users[user],
    'status.MQTT.topicPrefix': `${user}/TWC`,
    'homeassistant.discovery': 'entity',
    'homeassistant.discoveryPrefix': `${user}/homeassistant`,
    // Version 5 tells what is refused.
    'status.MQTT.version': '5',
    ...settings,
  });
  return {
    bridge,
    async [Symbol.asyncDispose]() {
      bus[Symbol.dispose]();
      await bridge[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('with the access list of the documentation a site has all that it needs, and nothing of another site', async () => {
  await using broker = await startMosquitto({ users, access: accessList() });
  await using all = await subscribe(broker.url, operator);
  await using twelve = await createSite(broker.url, 'site-12');
  await using thirteen = await createSite(broker.url, 'site-13');
  for (const site of ['site-12', 'site-13']) {
    await all.sees(`${site}/TWC/1A2B/availability`, 'online');
    await all.sees(`${site}/TWC/1A2B/power`, /./);
    // Discovery gets there as well.
    const power = `${site}/homeassistant/sensor/${site.replace('-', '_')}_twc_1a2b/power/config`;
    await all.sees(power, new RegExp(`${site}/TWC/1A2B/`));
  }

  // The operator sets a limit at one site.
  const ruler = await connectAsync(broker.url, { ...operator, protocolVersion: 5 });
  await ruler.publishAsync('site-12/TWC/1A2B/set/limit', '11', { qos: 1 });
  await all.sees('site-12/TWC/1A2B/limit', '11');
  await ruler.endAsync();

  // One site cannot do so at another, nor say anything there, nor listen.
  const intruder = await connectAsync(broker.url, {
    username: 'site-12',
    password: users['site-12'],
    protocolVersion: 5,
  });
  const heard: string[] = [];
  intruder.on('message', (topic) => void heard.push(topic));
  await intruder.subscribeAsync('#', { qos: 1 });
  for (const topic of ['TWC/1A2B/set/limit', 'TWC/1A2B/power', 'TWC/status', 'homeassistant/sensor/a/b/config']) {
    await expect(intruder.publishAsync(`site-13/${topic}`, '7', { qos: 1 })).rejects.toThrow('Not authorized');
  }
  await observe(3_000);
  expect(all.value('site-13/TWC/1A2B/limit')).not.toBe('7');
  expect(all.value('site-13/TWC/status')).toBe('online');
  expect(heard.length).toBeGreaterThan(10);
  expect(heard.filter((topic) => !topic.startsWith('site-12/'))).toEqual([]);
  await intruder.endAsync();

  for (const { bridge } of [twelve, thirteen]) {
    expect(bridge.lines.filter((line) => / warn | error /.test(line))).toEqual([]);
    expect(await bridge.stop()).toMatchObject({ code: 0 });
  }
  await all.sees('site-12/TWC/status', 'offline');
});

test('a bridge with the prefix of another site is told that it may not write there', async () => {
  await using broker = await startMosquitto({ users, access: accessList() });
  await using all = await subscribe(broker.url, operator);
  await using site = await createSite(broker.url, 'site-12', { 'status.MQTT.topicPrefix': 'site-13/TWC' });
  await site.bridge.says(/warn .*does not let us publish .*site-13\/TWC/);
  expect(all.messages.filter(({ topic }) => topic.startsWith('site-13/'))).toEqual([]);
});

test('the measurement of a fleet gives every figure, and all is current again after the broker was away', async () => {
  await using folder = await createFolder();
  const json = folder.file('figures.json');
  const few = ['--bridges', '2', '--sites', '50', '--seconds', '1', '--away', '1', '--json', json];
  await using program = await start(process.execPath, ['--import', 'tsx', bench, ...few]);
  expect(await program.ended, program.lines.join('\n')).toBe(0);
  expect(program.lines.join('\n')).toMatch(/^\| Memory a bridge, .* MB/m);
  const figure = expect.any(Number);
  expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
    bridges: { count: 2, pssMB: figure, cpuPercent: figure, current: { first: figure, last: figure } },
    replay: { sites: 50, cut: 50, takenPerSecond: figure, current: { median: figure, last: figure } },
  });
});
