// Two bridges with one configuration: the second says so and ends, and the first does not notice.

import { expect, test } from 'vitest';
import { startBridge, startConfigured } from './bridge.ts';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';

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
