// That the measurements still measure; what they find is no matter here, the machine has other things to do.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFolder } from './folder.ts';
import { start } from './program.ts';

const bench = fileURLToPath(new URL('../../scripts/bench/bench.ts', import.meta.url));

test('a short measurement gives every figure of latency and start, as a table and as JSON', async () => {
  await using folder = await createFolder();
  const json = folder.file('figures.json');
  const args = ['--samples', '5', '--runs', '1', '--only', 'latency,start', '--json', json];
  await using program = await start(process.execPath, ['--import', 'tsx', bench, ...args]);
  expect(await program.ended, program.lines.join('\n')).toBe(0);
  expect(program.lines.join('\n')).toMatch(/^\| serial line \(pty\): last byte to subscriber, p50 +\| \d/m);
  const time = expect.any(Number);
  const spread = { samples: 5, p50: time, p90: time, p99: time, max: time };
  const latency = { took: { 'this build': spread, 'minimal reader': spread }, ratio: { 'this build': time } };
  const range = { median: time, least: time, most: time };
  expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
    pty: latency,
    tcp: latency,
    start: { 'this build': range, 'bare Node.js': range },
  });
});
