// Where sessions are kept, and that each of them counts once.

import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { readSessions, sessionLogPath } from '../../src/state/session-log.ts';
import { recorded as session } from '../session/recorded.ts';

const real = parseConfig('interface: { port: /dev/ttyUSB0 }', 'config.yaml');
const simulated = parseConfig('', 'config.yaml');

test.each([
  ['/etc/twc2mqtt-config.state.json', real, '/etc/twc2mqtt-config.sessions.jsonl'],
  ['/data/twc2mqtt.state.json', real, '/data/twc2mqtt.sessions.jsonl'],
  ['/var/lib/chargers.json', real, '/var/lib/chargers.sessions.jsonl'],
  ['/var/lib/chargers', real, '/var/lib/chargers.sessions.jsonl'],
  ['/etc/twc2mqtt-config.state.json', simulated, '/etc/twc2mqtt-config.simulated-sessions.jsonl'],
])('the sessions that go with %s are beside it, simulated ones by themselves', (state, config, history) => {
  expect(sessionLogPath(state, config)).toBe(history);
});

test('what is no session is left out, and what was written twice counts once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-'));
  const path = join(folder, 'sessions.jsonl');
  const other = { ...session, charger: '3C4D' };
  try {
    expect(await readSessions(path)).toEqual([]);
    for (const line of [session, { ...session, kWh: 'much' }, other, 7, session]) {
      await appendFile(path, `${JSON.stringify(line)}\n`);
    }
    expect(await readSessions(path)).toEqual([session, other]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
