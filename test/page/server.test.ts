// The page's server over real HTTP: who is served, what is refused, what a stream says, and that nobody can fill memory.

import { once } from 'node:events';
import { request as ask, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { servePage } from '../../src/page/server.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { until } from '../system/until.ts';
import { id } from '../world.ts';
import { type Answer, json, limit16, limits, serve, shown } from './served.ts';

describe('the stream', () => {
  test('begins with all that there is, and goes on with what changes', async () => {
    await using served = await serve();
    served.page.show(shown({ '1A2B/ampsInUse': '15.2', 'config/maxAmpsForSlaves': '32' }));
    const stream = await served.watch();
    expect(await stream.sees('values')).toEqual({ '1A2B/ampsInUse': '15.2', 'config/maxAmpsForSlaves': '32' });
    await stream.sees('capture', { words: '', mostMegabytes: 20 });
    const first = ['facts', 'history', 'values', 'connections', 'findings', 'lastError', 'capture'];
    expect(stream.events.map(({ name }) => name)).toEqual(first);
    expect(stream.events[0]?.content).toMatchObject({ version: '1.2.3', simulated: false, limits });
    expect(stream.events[1]?.content).toMatchObject({ limit: [], amps: {}, every: 60_000 });

    served.page.show(shown({ '1A2B/ampsInUse': '15.3', 'config/maxAmpsForSlaves': '32' }));
    await stream.sees('values', { '1A2B/ampsInUse': '15.3' });
    served.page.show(shown({ '1A2B/ampsInUse': '15.3' }));
    served.page.show(shown({ problem: 'none' }));
    await stream.sees('values', { problem: 'none' });
    expect(stream.events).toHaveLength(first.length + 2);
  });

  test('lists the values of the topic table under their names', async () => {
    await using served = await serve();
    const stream = await served.watch();
    const { listed } = (await stream.sees('facts')) as { listed: Record<string, unknown[]> };
    expect(listed.charger).toContainEqual({ topic: 'ampsOffered', label: 'Offered current', unit: 'A' });
    expect(listed.charger).toContainEqual({ topic: 'serialNumber', label: 'Serial number', unit: '' });
    expect(listed.bridge).toContainEqual({ topic: 'bridge/uptime', label: 'Uptime', unit: 's' });
  });

  test('is the same for ten', async () => {
    await using served = await serve();
    const streams = await Promise.all(Array.from({ length: 10 }, () => served.watch()));
    served.page.show(shown({ '1A2B/state': '1' }));
    for (const stream of streams) await stream.sees('values', { '1A2B/state': '1' });
  });

  test('has lines of the bus for who asks for them only', async () => {
    await using served = await serve();
    const frame = Uint8Array.of(0xc0, 0xfb, 0xe0, 0x77, 0x77, 0x1a, 0x2b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x13, 0xc0);
    served.page.traffic('sent', frame);
    const [without, watching] = [await served.watch(), await served.watch('/api/events?bus')];
    await watching.sees('values');
    served.page.traffic('sent', frame);
    served.page.show(shown({ problem: 'none' }));
    const lines = await watching.sees('bus');
    expect(lines).toMatchObject([
      {
        direction: 'sent',
        type: 'frame',
        message: 'masterHeartbeat',
        units: ['7777', '1A2B'],
        text: '7777 to 1A2B: go on as you are',
      },
    ]);
    expect(watching.events.filter(({ name }) => name === 'bus')).toHaveLength(1);
    await without.sees('values', { problem: 'none' });
    expect(without.events.map(({ name }) => name)).not.toContain('bus');
  });

  test('ends for a browser that does not read, before it costs memory, and for no other', async () => {
    await using served = await serve();
    const reads = await served.watch();
    const socket = connect(served.page.port, '127.0.0.1');
    socket.pause();
    socket.write('GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    const gone = once(socket, 'close');
    socket.on('error', () => {});
    const filler = 'x'.repeat(64_000);
    let count = 0;
    await until(() => {
      for (let i = 0; i < 2; i++) served.page.show(shown({ filler: `${count++}${filler}` }));
      return socket.destroyed || count >= 400;
    }, 'the socket is full');
    socket.resume();
    await gone;
    served.page.show(shown({ problem: 'none' }));
    await reads.sees('values', { problem: 'none' });
  });

  test('is not for more than there can sensibly be', async () => {
    await using served = await serve();
    await Promise.all(Array.from({ length: 40 }, () => served.watch()));
    expect(await served.ask('/api/events')).toMatchObject({
      status: 503,
      body: 'too many browsers show this page already\n',
    });
    expect((await served.ask('/nothing')).status).toBe(404);
    expect((await served.ask('/api/events', { method: 'HEAD' })).status).toBe(404);
  });

  test('ends when the page is closed, though somebody looks', async () => {
    const served = await serve();
    const stream = await served.watch();
    await stream.sees('values');
    await served.page.close();
    await until(() => stream.response.destroyed, 'the stream has ended');
  });
});

describe('a command', () => {
  test('goes to its topic', async () => {
    await using served = await serve();
    expect(await served.command(limit16)).toMatchObject({ status: 204, body: '' });
    expect(served.commands).toEqual(['home/TWC/1A2B/set/limit 16']);
  });

  test('that is refused is answered with the reason, in words', async () => {
    await using served = await serve();
    expect(await served.command(limit16.replace('16', '99'))).toMatchObject({
      status: 422,
      body: 'expected whole amperes from 6 to 32, got "99"\n',
    });
  });

  test('for nothing at all is none', async () => {
    await using served = await serve();
    const body = JSON.stringify({ topic: '1A2B/set/limit', payload: '' });
    expect(await served.command(body)).toMatchObject({ status: 422, body: 'expected a value, got nothing\n' });
    expect(served.commands).toEqual([]);
  });

  test.each([
    'status',
    '1A2B/availability',
    '../homeassistant/status',
    'homeassistant/status',
    '1A2B/set/limit/x',
    'control/',
    '+/set/limit',
    '#',
  ])('for %s is none', async (topic) => {
    await using served = await serve();
    expect(await served.command(JSON.stringify({ topic, payload: '16' }))).toMatchObject({ status: 422 });
    expect(served.commands).toEqual([]);
  });

  test.each([
    '',
    'no json',
    '[]',
    'null',
    '16',
    '{"topic":"1A2B/set/limit"}',
    '{"topic":1,"payload":"16"}',
    '{"topic":"1A2B/set/limit","payload":16}',
  ])('that is %j is answered with what was expected', async (body) => {
    await using served = await serve();
    expect(await served.command(body)).toMatchObject({ status: 400, body: 'expected a topic and a payload as JSON\n' });
    expect(served.commands).toEqual([]);
  });

  test('that does not end is not read to its end', async () => {
    await using served = await serve();
    expect(await served.command(`"${'x'.repeat(2_000)}"`)).toMatchObject({ status: 413 });
    const socket = connect(served.page.port, '127.0.0.1');
    socket.on('error', () => {});
    const gone = once(socket, 'close');
    socket.write(
      'POST /api/command HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n',
    );
    socket.write('x'.repeat(5_000));
    socket.resume();
    await gone;
    expect(served.commands).toEqual([]);
  });
});

describe('not served', () => {
  test.each<[string, number, RequestOptions]>([
    ['a form of another page', 415, { headers: { 'content-type': 'text/plain' } }],
    ['no content type', 415, { headers: {} }],
    ['a script of another page', 403, { headers: { ...json, origin: 'http://evil.example' } }],
    ['a script of the same machine at another port', 403, { headers: { ...json, origin: 'http://127.0.0.1:1' } }],
    ['a page in a sandbox', 403, { headers: { ...json, origin: 'null' } }],
    ['what a browser calls cross-site', 403, { headers: { ...json, 'sec-fetch-site': 'cross-site' } }],
    ['what a browser calls same-site', 403, { headers: { ...json, 'sec-fetch-site': 'same-site' } }],
    ['a name that an attacker gave us', 403, { headers: { ...json, host: 'evil.example' } }],
    ['an address that is a part of a name', 403, { headers: { ...json, host: '127.0.0.1.evil.example:8099' } }],
    ['another method', 405, { method: 'PUT', headers: json }],
    ['a preflight', 405, { method: 'OPTIONS', headers: { origin: 'http://evil.example' } }],
  ])('%s', async (_, status, options) => {
    await using served = await serve();
    expect(await served.ask('/api/command', { method: 'POST', ...options }, limit16)).toMatchObject({ status });
    expect(served.commands).toEqual([]);
  });

  test.each(['/', '/api/events'])('%s under a name that an attacker gave us', async (path) => {
    await using served = await serve();
    expect(await served.ask(path, { headers: { host: 'evil.example:8099' } })).toMatchObject({ status: 403 });
  });

  test.each<[string, RequestOptions['headers']]>([
    ['another page', { origin: 'http://evil.example' }],
    ['an image of another page', { 'sec-fetch-site': 'cross-site' }],
  ])('a stream for %s, though the page itself may be linked', async (_, headers = {}) => {
    await using served = await serve();
    expect((await served.ask('/api/events', { headers })).status).toBe(403);
    expect((await served.ask('/', { headers })).status).toBe(404);
  });

  test.each(['127.0.0.1:8099', 'localhost', '[::1]:8099', '192.168.1.20', `${hostname()}:8099`, `${hostname()}.local`])(
    'but under %s it is',
    async (host) => {
      await using served = await serve();
      const headers = { ...json, host, origin: `http://${host}` };
      expect(await served.command(limit16, headers)).toMatchObject({ status: 204 });
    },
  );

  test('nor is there anything beside the page', async () => {
    await using served = await serve();
    for (const path of ['/..', '/package.json', '/%2e%2e/', '/constructor', '//', 'http://x/y']) {
      expect((await served.ask(path)).status).toBe(404);
    }
  });
});

describe('behind Home Assistant', () => {
  const behind = (only: string) => serve({ address: { host: '', port: 0, only } });

  test('nobody but its Supervisor is served', async () => {
    await using served = await behind('127.0.0.2');
    for (const path of ['/', '/api/events', '/nothing']) {
      expect(await served.ask(path)).toMatchObject({ status: 403, body: 'only Home Assistant is served\n' });
    }
    expect(await served.command(limit16)).toMatchObject({ status: 403 });
    expect(served.commands).toEqual([]);
  });

  test('the Supervisor is, under whatever name and from whatever page Home Assistant is', async () => {
    await using served = await behind('127.0.0.2');
    const from = { localAddress: '127.0.0.2', method: 'POST' };
    const headers = { ...json, host: 'home.example', origin: 'https://home.example' };
    expect(await served.ask('/api/command', { ...from, headers }, limit16)).toMatchObject({ status: 204 });
    const strange = { ...headers, 'sec-fetch-site': 'cross-site' };
    expect(await served.ask('/api/command', { ...from, headers: strange }, limit16)).toMatchObject({ status: 403 });
  });
});

describe('sessions', () => {
  const session = (day: number, others: Partial<SessionRecord> = {}): SessionRecord => ({
    charger: id('1A2B'),
    start: `2026-05-${String(day).padStart(2, '0')}T18:00:00.000+02:00`,
    end: `2026-05-${String(day).padStart(2, '0')}T20:30:00.000+02:00`,
    seconds: 9_000,
    kWh: 25.5,
    energyFrom: 'meter',
    peakAmps: 15.2,
    vin: '5YJ3E1EA2KF000317',
    ...others,
  });

  const given = (...records: readonly SessionRecord[]) =>
    async function* () {
      yield records;
    };

  test('come newest first, with their totals', async () => {
    await using served = await serve({ readSessions: given(session(2), session(1), session(3)) });
    const { status, headers, body } = await served.ask('/api/sessions');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    const total = { month: '2026-05', charger: '1A2B', vin: '5YJ3E1EA2KF000317', count: 3, seconds: 27_000, kWh: 76.5 };
    expect(JSON.parse(body)).toEqual({ newest: [session(3), session(2), session(1)], count: 3, totals: [total] });
  });

  test('are selected by month, charger and car', async () => {
    const records = [session(1), session(2, { charger: id('3C4D') }), session(3, { vin: '' })];
    await using served = await serve({ readSessions: given(...records) });
    const newest = async (query: string) => JSON.parse((await served.ask(`/api/sessions?${query}`)).body).newest;
    expect(await newest('charger=3C4D')).toEqual([records[1]]);
    expect(await newest('vin=')).toEqual([records[2]]);
    expect(await newest('month=2026-05&charger=1A2B')).toEqual([records[2], records[0]]);
    expect(await newest('month=2026-04')).toEqual([]);
  });

  test('are all in the table to keep', async () => {
    await using served = await serve({ readSessions: given(session(2), session(1, { energyFrom: 'none' })) });
    const { headers, body } = await served.ask('/api/sessions.csv');
    expect(headers['content-disposition']).toBe('attachment; filename="charging-sessions.csv"');
    expect(body.split('\r\n').map((line) => line.split(',').slice(0, 2).join())).toEqual([
      'charger,start',
      '1A2B,2026-05-01T18:00:00.000+02:00',
      '1A2B,2026-05-02T18:00:00.000+02:00',
      '',
    ]);
  });
});

describe('the files', () => {
  const files = { '/': { type: 'text/html; charset=utf-8', body: '<!doctype html>' } };

  test('come with headers that let nothing else in', async () => {
    const settings = { address: { host: '127.0.0.1', port: 0 }, snapshot: () => ({}) };
    const server = await servePage({ ...settings, routes: { 'GET /': () => files['/'] } });
    const [response] = await once(ask({ port: server.port, host: '127.0.0.1', agent: false }).end(), 'response');
    expect(await text(response)).toBe('<!doctype html>');
    const { headers } = response;
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      "require-trusted-types-for 'script'",
    ]);
    // Home Assistant shows it in a frame.
    expect(headers).not.toHaveProperty('x-frame-options');
    expect(headers).not.toHaveProperty('set-cookie');
    await server.close();
  });

  test('that are made when they are asked for are new each time, and their failure is told', async () => {
    let count = 0;
    const routes = {
      'GET /api/count': () => ({ type: 'text/plain', body: String(++count), downloadName: 'count.txt' }),
      'GET /api/broken': () => Promise.reject(new Error('the disk is gone')),
    };
    const server = await servePage({ address: { host: '127.0.0.1', port: 0 }, snapshot: () => ({}), routes });
    const get = async (path: string): Promise<Answer> => {
      const [response] = await once(
        ask({ port: server.port, host: '127.0.0.1', path, agent: false }).end(),
        'response',
      );
      return { status: response.statusCode, headers: response.headers, body: await text(response) };
    };
    expect([(await get('/api/count')).body, (await get('/api/count')).body]).toEqual(['1', '2']);
    expect((await get('/api/count')).headers).toMatchObject({
      'content-disposition': 'attachment; filename="count.txt"',
      'content-type': 'text/plain',
    });
    expect(await get('/api/broken')).toMatchObject({ status: 500, body: 'Error: the disk is gone\n' });
    await server.close();
  });

  test('refusals have them too', async () => {
    await using served = await serve();
    for (const path of ['/nothing', '/api/events?bus']) {
      const { headers } = await served.ask(path, { headers: { host: 'evil.example' } });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });
});

test('a port that is taken is an error, not a crash', async () => {
  await using served = await serve();
  const again = serve({ address: { host: '127.0.0.1', port: served.page.port } });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
