// Where lines go when they are taken, slowly, not at all, or not any more.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { deferred } from '../../src/io/deferred.ts';
import { createOutput, type Sink, streamSink } from '../../src/io/output.ts';

const lost = (lines: number) => `${lines} lost\n`;
const line = `${'x'.repeat(99)}\n`;

test('a pipe that nothing reads takes no memory and keeps nothing from ending', async () => {
  const child = spawn('sleep', ['60'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const output = createOutput(streamSink(child.stdin), lost);
  child.stdin.on('error', () => {});
  const before = process.memoryUsage().heapUsed;
  for (let turn = 0; turn < 20; turn++) {
    for (let i = 0; i < 20_000; i++) output.write(line);
    await new Promise(setImmediate);
  }
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  const from = performance.now();
  expect(await output.end()).toBe(false);
  expect(performance.now() - from).toBeLessThan(2_000);
  child.kill('SIGKILL');
});

test('a pipe that is read again has what fits, and how much is missing', async () => {
  const child = spawn('sh', ['-c', 'read _; cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const output = createOutput(streamSink(child.stdin), lost);
  let read = '';
  child.stdout.on('data', (bytes) => {
    read += bytes;
  });
  const written = 20_000;
  for (let i = 0; i < written; i++) output.write(line);
  child.stdin.write('\n');
  await expect.poll(() => output.end(), { timeout: 10_000 }).toBe(true);
  child.stdin.end();
  await once(child, 'close');
  const missing = Number(/(\d+) lost/.exec(read)?.[1]);
  expect(missing).toBeGreaterThan(0);
  expect(read.split('\n').filter((one) => one === line.trim()).length + missing).toBeGreaterThanOrEqual(written - 1);
});

test('a pipe whose reader is gone costs lines and nothing else', async () => {
  const child = spawn('true', [], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => {});
  const output = createOutput(streamSink(child.stdin), lost);
  await once(child, 'close');
  for (let i = 0; i < 100; i++) {
    output.write(line);
    await new Promise(setImmediate);
  }
  expect(await output.end()).toBe(true);
});

test('what a full disk does not take is counted, and told when it takes lines again', async () => {
  await using full = await open('/dev/full', 'w');
  let isFull = true;
  const taken: string[] = [];
  const sink: Sink = (text, done) => {
    if (isFull) return void full.write(text).then(() => done(), done);
    taken.push(text);
    done();
  };
  const output = createOutput(sink, lost);
  for (let i = 0; i < 3; i++) {
    output.write(line);
    expect(await output.end()).toBe(true);
  }
  isFull = false;
  output.write('there is room\n');
  expect(await output.end()).toBe(true);
  expect(taken).toEqual(['there is room\n', '3 lost\n']);
});

test('lines that come while one is written follow in their order', async () => {
  const gate = deferred<void>();
  const taken: string[] = [];
  const output = createOutput((text, done) => {
    taken.push(text);
    void gate.promise.then(() => done());
  }, lost);
  for (const text of ['a\n', 'b\n', 'c\n']) output.write(text);
  gate.resolve();
  expect(await output.end()).toBe(true);
  expect(taken.join('')).toBe('a\nb\nc\n');
});

test('a sink that throws is one that does not take the line', async () => {
  let throws = true;
  const taken: string[] = [];
  const output = createOutput((text, done) => {
    if (throws) throw new Error('ENOSPC');
    taken.push(text);
    done();
  }, lost);
  output.write('a\n');
  throws = false;
  output.write('b\n');
  expect(await output.end()).toBe(true);
  expect(taken.join('')).toBe('b\n1 lost\n');
});
