// The app asks Home Assistant for its broker, whatever mood the Supervisor is in, and the bus runs meanwhile.

import { describe, expect, test } from 'vitest';
import { slave } from '../world.ts';
import { createHome } from './app.ts';
import { freePort } from './free-port.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { startSilentBroker } from './stubborn-broker.ts';
import { subscribe } from './subscriber.ts';
import {
  type Answer,
  broker,
  hangs,
  hangsHalfway,
  hangsUp,
  json,
  notEnabled,
  refusal,
  startSupervisor,
  text,
} from './supervisor.ts';
import { observe, until } from './until.ts';

const login = { username: 'addons', password: 'x'.repeat(64) };
const users = { [login.username]: login.password };

test.concurrent('with nothing but an adapter chosen, the chargers appear at the broker of Home Assistant', async () => {
  await using mosquitto = await startMosquitto({ users });
  await using supervisor = await startSupervisor(broker(mosquitto.port, login));
  await using home = await createHome({ supervisor });
  await using pty = await createPty();
  await using subscriber = await subscribe(mosquitto.url, login);
  using _slaves = attach(pty, [slave('1A2B')]);
  await using app = await home.start({ serial_port: pty.port });
  await subscriber.sees('TWC/status', 'online');
  await subscriber.sees('TWC/1A2B/availability', 'online');
  const announced = /^homeassistant\/sensor\/twc_1a2b\/\w+\/config$/;
  await until(() => Object.keys(subscriber.values()).some((topic) => announced.test(topic)), 'it is announced');
  expect(supervisor.strange).toEqual([]);
  expect(supervisor.asked).toHaveLength(1);
  expect(app.warnings).toEqual([]);
  const { code, took } = await app.stop();
  expect(code).toBe(0);
  expect(took).toBeLessThan(10_000);
  await subscriber.sees('TWC/status', 'offline');
  expect(app.lines.join('\n')).not.toContain(login.password);
});

const moods: readonly (readonly [string, Answer, RegExp])[] = [
  [
    'has no broker yet',
    notEnabled,
    /no MQTT broker yet\. Install and start the app Mosquitto broker; .*set mqtt\.host/,
  ],
  [
    'is not ready',
    refusal(400, 'System is not ready with state: setup'),
    /Supervisor is not ready \(400: System is not ready with state: setup\)/,
  ],
  ['does not know the token', text(401, '401: Unauthorized'), /\(401\)\. Restart this app, or set mqtt\.host/],
  ['has forgotten the token', text(403, '403: Forbidden'), /\(403\)\. Restart this app, or set mqtt\.host/],
  ['forbids the service', refusal(403, 'No access to mqtt service!'), /\(403: No access to mqtt service!\)/],
  [
    'does not know the service',
    refusal(404, 'Service does not exist'),
    /has a problem \(404: Service does not exist\)/,
  ],
  ['is broken', text(500, 'Internal Server Error'), /has a problem \(500\)/],
  ['is behind a broken gateway', text(502, '<html>Bad Gateway</html>', 'text/html'), /has a problem \(502\)/],
  ['answers with half of an answer', text(200, '{"result": "ok", "da'), /answer that is not understood/],
  ['answers with something else', json(200, ['ok']), /answer that is not understood/],
  ['answers with an error that is none', refusal(200, 'Service not enabled'), /answer that is not understood/],
  ['tells of a broker without a place', json(200, { result: 'ok', data: {} }), /without saying where it is/],
  ['tells of a port that cannot be', broker(99_999), /without saying where it is/],
  ['tells of a host that is none', broker(1883, { host: 'me:secret@host/x' }), /without saying where it is/],
  ['sends somewhere else', (to) => void to.writeHead(302, { location: '/login' }).end(), /has a problem \(302\)/],
  ['hangs up', hangsUp, /does not answer \(ECONNRESET\)/],
];

describe.concurrent('while the Supervisor', () => {
  test.each(moods)('%s', async (_, answer, words) => {
    await using mosquitto = await startMosquitto({ users });
    await using supervisor = await startSupervisor(answer);
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    using bus = attach(pty, [slave('1A2B')]);
    await using app = await home.start({ serial_port: pty.port });
    await app.says(words);
    await until(() => supervisor.asked.length >= 3, 'it is asked again');
    await until(() => bus.heartbeats('1A2B').length > 1, 'the charger has its master all the same');
    expect(app.warnings).toHaveLength(1);

    supervisor.answers(broker(mosquitto.port, login));
    await using subscriber = await subscribe(mosquitto.url, login);
    await subscriber.sees('TWC/1A2B/availability', 'online');
    expect(app.warnings).toHaveLength(1);
    expect(app.lines.join('\n')).not.toMatch(/secret|x{64}|a{112}/);
  });

  test.each([
    ['never answers', hangs],
    ['never ends its answer', hangsHalfway],
  ])('%s', async (_, answer) => {
    await using mosquitto = await startMosquitto({ users });
    await using supervisor = await startSupervisor(answer);
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    using bus = attach(pty, [slave('1A2B')]);
    await using app = await home.start({ serial_port: pty.port });
    await app.says(/does not answer \(nothing within 10 s\)/, 15_000);
    expect(bus.heartbeats('1A2B').length).toBeGreaterThan(5);
    supervisor.answers(broker(mosquitto.port, login));
    await using subscriber = await subscribe(mosquitto.url, login);
    await subscriber.sees('TWC/1A2B/availability', 'online', 15_000);
    expect(app.warnings).toHaveLength(1);
  });

  test('is not there, then is: refused connections are survived as well', async () => {
    const port = await freePort();
    await using home = await createHome({ supervisor: { url: `http://127.0.0.1:${port}` } });
    await using app = await home.start({ simulator: true });
    await app.says(/does not answer \(ECONNREFUSED\)\. It may be starting or updating itself/);
    await observe(3_000);
    expect(app.warnings.filter((line) => line.includes('does not answer'))).toHaveLength(1);
    expect(await app.stop()).toMatchObject({ code: 0 });
  });

  test('changes its mood, each mood is told once, and it is not asked more than once a second', async () => {
    await using supervisor = await startSupervisor(notEnabled);
    await using home = await createHome({ supervisor });
    await using app = await home.start({ simulator: true });
    await app.says(/no MQTT broker yet/);
    await until(() => supervisor.asked.length >= 3, 'it is asked again');
    supervisor.answers(text(401, '401: Unauthorized'));
    await app.says(/Restart this app/);
    await until(() => supervisor.asked.length >= 6, 'it is asked again');
    expect(app.warnings.filter((line) => /no MQTT broker yet|Restart this app/.test(line))).toHaveLength(2);
    const pauses = supervisor.asked.slice(1).map((at, index) => at - (supervisor.asked[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(900);
  });
});

describe.concurrent('of the broker that it tells of', () => {
  test('the port may be a text, and the login may be missing', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(0, { port: String(mosquitto.port) }));
    await using home = await createHome({ supervisor });
    await using subscriber = await subscribe(mosquitto.url);
    await using _app = await home.start({ simulator: true });
    await subscriber.sees('TWC/status', 'online');
  });

  test('refused credentials are asked for again: they change when the broker is installed anew', async () => {
    await using mosquitto = await startMosquitto({ users });
    await using supervisor = await startSupervisor(broker(mosquitto.port, { ...login, password: 'the old one' }));
    await using home = await createHome({ supervisor });
    await using subscriber = await subscribe(mosquitto.url, login);
    await using app = await home.start({ simulator: true });
    await app.says(/the broker refuses this username and password/);
    supervisor.answers(broker(mosquitto.port, login));
    await subscriber.sees('TWC/status', 'online', 10_000);
    expect(app.warnings.filter((line) => line.includes('refuses'))).toHaveLength(1);
    expect(app.lines.join('\n')).not.toContain('the old one');
  });

  test('another address after it moved is taken without a restart', async () => {
    await using mosquitto = await startMosquitto();
    await using other = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using before = await subscribe(mosquitto.url);
    await using after = await subscribe(other.url);
    await using app = await home.start({ simulator: true });
    await before.sees('TWC/status', 'online');
    supervisor.answers(notEnabled);
    await mosquitto.stop();
    await app.says(/no MQTT broker yet/);
    supervisor.answers(broker(other.port));
    await after.sees('TWC/status', 'online');
    await after.sees('TWC/1A2B/availability', 'online');
  });

  test('one that hangs does not keep the app from ending in time', async () => {
    await using silent = await startSilentBroker();
    await using supervisor = await startSupervisor(broker(Number(new URL(silent.url).port)));
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    using bus = attach(pty, [slave('1A2B')]);
    await using app = await home.start({ serial_port: pty.port });
    await until(() => bus.heartbeats('1A2B').length > 1 && silent.connections > 0, 'the bus runs');
    const { code, took } = await app.stop();
    expect(code).toBe(0);
    expect(took).toBeLessThan(5_000);
  });

  test('a Supervisor that hangs does not keep the app from ending in time', async () => {
    await using supervisor = await startSupervisor(hangs);
    await using home = await createHome({ supervisor });
    await using app = await home.start({ simulator: true });
    await until(() => supervisor.asked.length > 0, 'it is asked');
    const { code, took } = await app.stop();
    expect(code).toBe(0);
    expect(took).toBeLessThan(5_000);
  });
});

describe.concurrent('a broker of the owner', () => {
  test('is the only one that counts, and Home Assistant is not even asked', async () => {
    await using mosquitto = await startMosquitto({ users: { me: 'mine' } });
    await using supervisor = await startSupervisor(broker(1, login));
    await using home = await createHome({ supervisor });
    await using subscriber = await subscribe(mosquitto.url, { username: 'me', password: 'mine' });
    const manual = { host: '127.0.0.1', port: mosquitto.port };
    await using app = await home.start({
      mqtt: { ...manual, username: 'me', password: 'mine' },
      simulator: true,
    });
    await subscriber.sees('TWC/status', 'online');
    expect([supervisor.asked, supervisor.strange]).toEqual([[], []]);
    expect(app.lines.join('\n')).not.toContain('mine');
  });

  test('never gets the login of the other one', async () => {
    await using mosquitto = await startMosquitto({ users });
    await using supervisor = await startSupervisor(broker(mosquitto.port, login));
    await using home = await createHome({ supervisor });
    await using app = await home.start({ mqtt: { host: '127.0.0.1', port: mosquitto.port }, simulator: true });
    await app.says(/the broker refuses this username and password/);
    expect(supervisor.asked).toEqual([]);
  });

  test('of which only the login is there is not used, and this is said', async () => {
    await using mosquitto = await startMosquitto({ users });
    await using supervisor = await startSupervisor(broker(mosquitto.port, login));
    await using home = await createHome({ supervisor });
    await using subscriber = await subscribe(mosquitto.url, login);
    await using app = await home.start({ mqtt: { host: '', username: 'me', password: 'mine' }, simulator: true });
    await app.says(/warn {2}mqtt\.username, mqtt\.password: not used without mqtt\.host/);
    await subscriber.sees('TWC/status', 'online');
  });
});
