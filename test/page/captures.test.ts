// Captures over real HTTP: started, ended and handed out by the page, and nothing else of the folder with them.

import type { ReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCapture } from '../../src/capture/file.ts';
import { parseCapture } from '../../src/capture/format.ts';
import { createCaptures } from '../../src/capture/library.ts';
import { began, record, sheet } from '../capture/recording.ts';
import { until } from '../system/until.ts';
import { slave } from '../world.ts';
import { json, serve } from './served.ts';

const name = 'twc2mqtt-capture-2026-10-03T14-05-22.jsonl';
const complete = 'the capture is complete, ended on the page';
const captures = 'captures what is on the bus, up to 20 MB';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twc2mqtt-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function setup(statePath = join(folder, 'bridge.state.json')) {
  const { world, recorder, logs } = record({ slaves: [slave('1A2B')], fromStart: false });
  const kept = createCaptures(recorder, statePath, (level, text) => void logs.push(`${level} ${text}`));
  const served = await serve({ captures: kept });
  const capture = (body: string, headers: RequestOptions['headers'] = json) =>
    served.ask('/api/capture', { method: 'POST', headers }, body);
  return {
    ...served,
    world,
    recorder,
    logs,
    kept,
    capture,
    turn: (on: boolean) => capture(JSON.stringify({ on })),
    /** What the page lists. */
    listed: async () => JSON.parse((await served.ask('/api/captures')).body).newest,
  };
}

test('one is started and ended, and what is handed out is what was on the bus', async () => {
  await using there = await setup();
  expect(await there.turn(true)).toMatchObject({ status: 200, body: `${captures}\n` });
  there.world.pass(60_000);
  expect(await there.turn(false)).toMatchObject({ status: 200, body: `${complete}\n` });
  const [{ name: made, bytes }] = await there.listed();
  const { status, headers, body } = await there.ask(`/captures/${made}`);
  expect([status, body.length]).toEqual([200, bytes]);
  expect(headers).toMatchObject({
    'content-type': 'application/jsonl',
    'content-disposition': `attachment; filename="${made}"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(body).toBe(await readFile(join(folder, made), 'utf8'));
  const { entries } = parseCapture(body);
  expect(entries.filter((entry) => 'said' in entry)).toHaveLength(there.world.said.length);
  expect(entries.at(-1)).toMatchObject({ end: 'ended on the page' });
  expect((await stat(join(folder, made))).mode & 0o777).toBe(0o600);
  expect(await there.ask(`/captures/${made}`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
});

test('everybody who looks learns that one runs, and that it has ended, whoever asked for it', async () => {
  await using there = await setup();
  const before = await there.watch();
  await before.sees('capture', { words: '', mostMegabytes: 20 });
  there.kept.toggle();
  await until(() => there.recorder.path, 'a capture runs');
  const [running] = await readdir(folder);
  await before.sees('capture', { running, words: captures, mostMegabytes: 20 });
  await (await there.watch()).sees('capture', { running, words: captures, mostMegabytes: 20 });
  there.kept.toggle();
  await before.sees('capture', { words: 'the capture is complete, asked to', mostMegabytes: 20 });
});

test('one that is full has ended for everybody who looks', async () => {
  await using there = await setup();
  const stream = await there.watch();
  there.recorder.start(sheet(), began, 0);
  await stream.sees('capture', { running: 'capture.jsonl', words: captures, mostMegabytes: 20 });
  const noise = Uint8Array.from({ length: 60_000 }, (_, i) => i % 0xc0);
  for (let i = 0; i < 200; i++) there.world.input({ type: 'bytes', bytes: noise });
  await stream.sees('capture', { words: 'the capture is complete, 20 MB are reached', mostMegabytes: 20 });
});

test('one that runs is handed out as far as it is written', async () => {
  await using there = await setup();
  await there.turn(true);
  there.world.pass(5_000);
  const path = there.recorder.path ?? '';
  await until(async () => (await stat(path)).size > 0, 'something is written');
  const { body } = await there.ask(`/captures/${(await there.listed())[0].name}`);
  expect(parseCapture(body).entries.length).toBeGreaterThan(0);
  await there.turn(false);
});

test('asked for what is so already, nothing happens', async () => {
  await using there = await setup();
  expect(await there.turn(false)).toMatchObject({ status: 422, body: 'no capture runs\n' });
  const answers = await Promise.all([there.turn(true), there.turn(true)]);
  expect(answers.map(({ status, body }) => `${status} ${body}`).sort()).toEqual([
    `200 ${captures}\n`,
    '422 a capture runs already\n',
  ]);
  expect(await readdir(folder)).toHaveLength(1);
  await there.turn(false);
});

test('one that cannot be started is refused without saying where the folder is', async () => {
  await using there = await setup(join(folder, 'nowhere', 'bridge.state.json'));
  const { status, body } = await there.turn(true);
  expect(status).toBe(422);
  expect(body).toMatch(/^twc2mqtt-capture-.*: cannot be written, there is no such folder\n$/);
  expect(body).not.toContain(folder);
  expect(there.logs).toEqual([expect.stringContaining(`warn ${folder}`)]);
});

test('the disk is not filled: when many are kept, none is started', async () => {
  await using there = await setup();
  for (let i = 0; i < 20; i++) await writeFile(join(folder, name.replace('22', String(i + 10))), '');
  expect(await there.turn(true)).toMatchObject({
    status: 422,
    body: '20 captures are kept already: remove some from the folder of the state file first\n',
  });
  expect(there.recorder.path).toBeUndefined();
  expect(await readdir(folder)).toHaveLength(20);
});

test('the newest few are listed, with their size', async () => {
  await using there = await setup();
  expect(await there.listed()).toEqual([]);
  for (let day = 1; day <= 7; day++) await writeFile(join(folder, name.replace('03', `0${day}`)), 'x'.repeat(day));
  expect(await there.listed()).toEqual(
    [7, 6, 5, 4, 3].map((day) => ({ name: name.replace('03', `0${day}`), bytes: day })),
  );
});

test('one that is begun elsewhere is known by its name and can be ended, but is not handed out', async () => {
  await using there = await setup(join(folder, 'bridge.state.json'));
  await startCapture(there.recorder, join(folder, 'problem.jsonl'));
  const stream = await there.watch();
  await stream.sees('capture', { running: 'problem.jsonl', words: captures, mostMegabytes: 20 });
  expect(await there.turn(false)).toMatchObject({ status: 200 });
  expect(await there.listed()).toEqual([]);
  expect((await there.ask('/captures/problem.jsonl')).status).toBe(404);
});

describe('nothing else is handed out', () => {
  const outside = join('..', 'outside', name);

  test.each([
    'bridge.state.json',
    'bridge.sessions.jsonl',
    'problem.jsonl',
    `${name}.old`,
    `x${name}`,
    name.replace('22', '23'),
    name.toUpperCase(),
    outside,
    outside.replaceAll('/', '%2f'),
    `%2e%2e/outside/${name}`,
    `..%5coutside%5c${name}`,
    `./${name}`,
    `/${name}`,
    `sub/${name}`,
    `${name}/`,
    `${name}%00`,
    `${name}%0a`,
    '../bridge.state.json',
    '%2e%2e/bridge.state.json',
    '..',
    '.',
    '',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    'constructor',
  ])('as %j', async (asked) => {
    const state = join(folder, 'state');
    for (const place of [state, join(folder, 'outside'), join(state, 'sub')]) await mkdir(place);
    for (const file of ['bridge.state.json', 'bridge.sessions.jsonl', 'problem.jsonl', `${name}.old`, name]) {
      await writeFile(join(state, file), file === name ? 'a capture' : 'secret');
    }
    for (const place of ['outside', 'state/sub']) await writeFile(join(folder, place, name), 'secret');
    await writeFile(join(folder, 'bridge.state.json'), 'secret');
    await using there = await setup(join(state, 'bridge.state.json'));
    expect(await there.ask(`/captures/${name}`)).toMatchObject({ status: 200, body: 'a capture' });
    expect(await there.ask(`/captures/${asked}`)).toMatchObject({ status: 404, body: 'nothing here\n' });
  });

  test.each<[string, (path: string) => Promise<unknown>]>([
    ['a folder', (path) => mkdir(path)],
    ['a link that leads elsewhere', (path) => symlink('/etc/passwd', path)],
  ])('as %s with the name of a capture', async (_, make) => {
    await make(join(folder, name));
    await using there = await setup();
    expect((await there.ask(`/captures/${name}`)).status).toBe(404);
    expect(await there.listed()).toEqual([]);
  });
});

describe('not served', () => {
  const on = JSON.stringify({ on: true });

  test.each<[string, number, RequestOptions]>([
    ['a form of another page', 415, { headers: { 'content-type': 'text/plain' } }],
    ['a script of another page', 403, { headers: { ...json, origin: 'http://evil.example' } }],
    ['a page in a sandbox', 403, { headers: { ...json, origin: 'null' } }],
    ['what a browser calls cross-site', 403, { headers: { ...json, 'sec-fetch-site': 'cross-site' } }],
    ['a name that an attacker gave us', 403, { headers: { ...json, host: 'evil.example' } }],
    ['another method', 405, { method: 'PUT', headers: json }],
  ])('%s', async (_, status, options) => {
    await using there = await setup();
    expect(await there.ask('/api/capture', { method: 'POST', ...options }, on)).toMatchObject({ status });
    expect([there.recorder.path, await readdir(folder)]).toEqual([undefined, []]);
  });

  test.each(['', 'no json', '[]', 'null', 'true', '{}', '{"on":"true"}', '{"on":1}', '{"on":null}'])(
    '%j',
    async (body) => {
      await using there = await setup();
      expect(await there.capture(body)).toMatchObject({
        status: 400,
        body: 'expected on, true or false, as JSON\n',
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test.each<[string, RequestOptions['headers']]>([
    ['another page', { 'sec-fetch-site': 'cross-site' }],
    ['a script of another page', { origin: 'http://evil.example' }],
    ['a name that an attacker gave us', { host: 'evil.example' }],
  ])('a capture for %s', async (_, headers = {}) => {
    await writeFile(join(folder, name), 'VIN');
    await using there = await setup();
    for (const path of ['/api/captures', `/captures/${name}`]) {
      expect((await there.ask(path, { headers })).status).toBe(403);
    }
  });

  test('and behind Home Assistant nobody but its Supervisor', async () => {
    await writeFile(join(folder, name), 'VIN');
    const { recorder } = record({ fromStart: false });
    const kept = createCaptures(recorder, join(folder, 'bridge.state.json'), () => {});
    await using served = await serve({ captures: kept, address: { host: '', port: 0, only: '127.0.0.2' } });
    expect((await served.ask(`/captures/${name}`)).status).toBe(403);
    expect((await served.ask('/api/capture', { method: 'POST', headers: json }, on)).status).toBe(403);
    const from = { localAddress: '127.0.0.2', headers: { ...json, host: 'home.example' } };
    expect((await served.ask(`/captures/${name}`, from)).body).toBe('VIN');
    expect((await served.ask('/api/capture', { ...from, method: 'POST' }, on)).status).toBe(200);
    await recorder.end('asked to');
  });
});

test('a browser that does not read gets no more than it takes, and the file is closed when it goes', async () => {
  await writeFile(join(folder, name), '');
  await truncate(join(folder, name), 200_000_000);
  await using there = await setup();
  const { kept } = there;
  let reading: ReadStream | undefined;
  const read = async (asked: string) => {
    reading = await kept.read(asked);
    return reading;
  };
  await using served = await serve({ captures: { ...kept, read } });
  const socket = connect(served.page.port, '127.0.0.1');
  socket.pause();
  socket.write(`GET /captures/${name} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  await until(async () => {
    const before = reading?.bytesRead;
    // Others are answered meanwhile.
    for (let i = 0; i < 50; i++) expect((await served.ask('/api/captures')).status).toBe(200);
    return before !== undefined && before > 0 && reading?.bytesRead === before;
  }, 'nothing more is read');
  expect(reading?.bytesRead).toBeLessThan(100_000_000);
  socket.destroy();
  await until(() => reading?.closed, 'the file is closed');
});
