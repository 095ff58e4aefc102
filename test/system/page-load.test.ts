// Many visitors at once, slow ones among them, and years of sessions: the bus does not wait, and the page is still served.

import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { slave } from '../world.ts';
import { AsyncStack } from './async-stack.ts';
import { type RunningBridge, startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import { createPty } from './pty.ts';
import { attach, type Slaves } from './slaves.ts';
import { until } from './until.ts';

const SESSIONS = 21_000;
/** A heartbeat a second, held up by half a second at most. */
const MOST_GAP = 1_500;

function years(): string {
  const from = Date.UTC(2023, 0, 1);
  const lines = Array.from({ length: SESSIONS }, (_, i) => {
    const start = from + i * 5_400_000;
    const iso = (at: number) => `${new Date(at).toISOString().slice(0, 19)}+00:00`;
    return JSON.stringify({
      charger: i % 2 ? '1A2B' : '3C4D',
      start: iso(start),
      end: iso(start + 3_600_000),
      seconds: 3_600,
      kWh: 11.04,
      energyFrom: 'meter',
      peakAmps: 16,
      vin: i % 3 ? '5YJ3E1EA2KF000317' : '',
    });
  });
  return `${lines.join('\n')}\n`;
}

async function setup() {
  const stack = new AsyncStack();
  const folder = stack.use(await createFolder());
  await writeFile(folder.file('twc2mqtt-bridge.sessions.jsonl'), years());
  const pty = stack.use(await createPty());
  const bus = stack.use(attach(pty, [slave('1A2B'), slave('3C4D')]));
  const port = await freePort();
  const bridge: RunningBridge = stack.use(
    await startBridge(folder, {
      'interface.port': pty.port,
      'status.MQTT.broker': `embedded:${await freePort()}`,
      'page.listen': `127.0.0.1:${port}`,
    }),
  );
  await until(() => bus.heartbeats('3C4D').length > 2, 'the bus runs');
  return { url: `http://127.0.0.1:${port}`, port, bus, bridge, [Symbol.asyncDispose]: () => stack.end() };
}

/** The longest time between two heartbeats to a charger since then, ms. */
function longestGap(bus: Slaves, since: number): number {
  const gaps = ['1A2B', '3C4D'].flatMap((id) => {
    const times = bus.heartbeats(id);
    return times.slice(1).flatMap((at, i) => (at >= since ? [at - (times[i] ?? at)] : []));
  });
  return Math.max(...gaps);
}

test('years of sessions asked for by thirty browsers at once hold no heartbeat up', async () => {
  await using there = await setup();
  const since = there.bus.heartbeats('1A2B').at(-1) ?? 0;
  const from = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      const path = ['/api/sessions', '/api/sessions.csv', `/api/sessions?month=2024-0${1 + (i % 9)}`][i % 3];
      const answer = await fetch(`${there.url}${path}`);
      return { path, status: answer.status, body: await answer.text() };
    }),
  );
  const took = performance.now() - from;
  const beats = there.bus.heartbeats('1A2B').length;
  await until(() => there.bus.heartbeats('1A2B').length > beats + 1, 'two more heartbeats');
  const gap = longestGap(there.bus, since);
  console.log(`30 requests took ${Math.round(took)} ms, longest gap ${Math.round(gap)} ms`);
  expect(gap).toBeLessThan(MOST_GAP);
  const [all, csv] = answers;
  expect(JSON.parse(all?.body ?? '')).toMatchObject({ count: SESSIONS });
  expect(csv?.body.trim().split('\r\n')).toHaveLength(SESSIONS + 1);
  // What is beyond the bound is told to come again.
  for (const { status } of answers) expect([200, 503]).toContain(status);
}, 120_000);

test('slow senders keep no other visitor out', async () => {
  await using there = await setup();
  const slow = Array.from({ length: 150 }, () => {
    const socket = connect(there.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    return socket;
  });
  const dripping = setInterval(() => {
    for (const socket of slow) if (!socket.destroyed) socket.write('x');
  }, 200);
  await until(() => slow.filter(({ destroyed }) => destroyed).length > 100, 'most of them are dropped');
  for (let i = 0; i < 20; i++) {
    const from = performance.now();
    const answer = await fetch(`${there.url}/`, { signal: AbortSignal.timeout(3_000) });
    expect(answer.status).toBe(200);
    await answer.text();
    expect(performance.now() - from).toBeLessThan(2_000);
  }
  clearInterval(dripping);
  for (const socket of slow) socket.destroy();
}, 60_000);
