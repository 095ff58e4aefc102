// Captures of buses, each with what is to be made of it beside it. A problem that somebody reports becomes a test here: put
// the capture into the folder, run this once (it writes what is made of it now), set right in that what is wrong, and mend
// the bridge until both agree. After a wanted change: npx vitest run --project unit test/captures.test.ts -u

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCapture } from '../src/capture/format.ts';
import { type Replayed, replay } from '../src/capture/replay.ts';

const folder = new URL('captures/', import.meta.url);
const files = readdirSync(folder);
const captures = files.filter((name) => name.endsWith('.jsonl'));

test('there are captures to look at', () => {
  expect(captures.length).toBeGreaterThanOrEqual(3);
});

describe.each(captures)('%s', (name) => {
  const expected = name.replace('.jsonl', '.expected.txt');

  test('has beside it what is to be made of it', () => {
    expect(files).toContain(expected);
  });

  test('gives the same log, the same problems and the same values at its end', async () => {
    const capture = parseCapture(readFileSync(new URL(name, folder), 'utf8'));
    await expect(summary([...replay(capture)])).toMatchFileSnapshot(new URL(expected, folder).pathname);
  });
});

/** The log and the problems with their times, and the value that each topic has at the end. */
function summary(made: readonly Replayed[]): string {
  const told = made.flatMap((one) => {
    if ('level' in one) return one.level === 'debug' ? [] : [`${inSeconds(one)} ${one.level} ${one.text}`];
    return one.topic === 'TWC/problem' ? [`${inSeconds(one)} problem ${one.payload}`] : [];
  });
  const values = new Map(made.flatMap((one) => ('topic' in one ? [[one.topic, one.payload]] : [])));
  const end = [...values].sort().map(([topic, payload]) => `${topic} ${payload}`.trimEnd());
  return [...told, '', 'at the end:', ...end, ''].join('\n');
}

function inSeconds({ at }: Replayed): string {
  return (at / 1_000).toFixed(3).padStart(9);
}
