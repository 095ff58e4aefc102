// Two bridges where one should be: with one state file the second ends, and with one prefix each tells its owner of the other.

import { expect, test } from 'vitest';
import { startBridge, startConfigured } from './bridge.ts';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import { startMosquitto } from './mosquitto.ts';
import { subscribe } from './subscriber.ts';
import { observe } from './until.ts';

test('a second bridge with the same state file says which one has it, and ends with an error', async () => {
  await using folder = await createFolder();
  await using first = await startBridge(folder, { 'status.MQTT.broker': `embedded:${await freePort()}` });
  await first.says(/simulator: open$/, 20_000);
  await using second = await startConfigured(folder.file('bridge.yaml'));
  expect(await second.ended).toBe(1);
  expect(second.lines.join('\n')).toContain(`another bridge remembers here already (process ${first.pid})`);
  expect(await first.stop()).toMatchObject({ code: 0 });
  // A lock that is left behind by one that was killed stops no start.
  await using third = await startConfigured(folder.file('bridge.yaml'));
  await third.says(/simulator: open$/, 20_000);
  await third.end('SIGKILL');
  await using fourth = await startConfigured(folder.file('bridge.yaml'));
  await fourth.says(/simulator: open$/, 20_000);
  expect(await fourth.stop()).toMatchObject({ code: 0 });
});

test('two bridges with one prefix say so, and one that moves away takes nothing from the one that stays', async () => {
  await using broker = await startMosquitto();
  await using staying = await createFolder();
  await using moving = await createFolder();
  const settings = { 'status.MQTT.broker': broker.url, 'homeassistant.discovery': 'entity' } as const;
  await using first = await startBridge(staying, settings);
  await first.says(/simulator: open$/, 20_000);
  await using announced = await subscribe(broker.url, { filter: 'homeassistant/+/twc/+/config' });
  await announced.sees('homeassistant/sensor/twc/total_power/config', /./);
  await using second = await startBridge(moving, settings);
  await Promise.all([first.says(/Another bridge \(.+\) publishes below TWC\/ too/), second.says(/Another bridge \(/)]);
  await using shown = await subscribe(broker.url, { filter: 'TWC/#' });
  await shown.sees('TWC/problem', /Another bridge/);
  expect(await second.stop()).toMatchObject({ code: 0 });
  await using renamed = await startBridge(moving, { ...settings, 'status.MQTT.topicPrefix': 'Garage' });
  await using elsewhere = await subscribe(broker.url, { filter: 'Garage/#' });
  await elsewhere.sees('Garage/status', 'online');
  // It looks at what lies under the old prefix for 3 s before it decides.
  await observe(8_000);
  expect(shown.value('TWC/status')).toBe('online');
  expect(Object.values(announced.values())).not.toContain('');
  expect(Object.entries(shown.values()).filter(([topic, payload]) => payload === '' && !/VIN$/.test(topic))).toEqual(
    [],
  );
  expect(await renamed.stop()).toMatchObject({ code: 0 });
});
