// The app's image as process 1 of a container on musl and the image's Node.js, with the Supervisor's mounts.

import { chmod, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slave } from '../world.ts';
import { type Container, createImage, type Image } from './container.ts';
import { createFolder, type Folder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { broker, notEnabled, startSupervisor, token } from './supervisor.ts';
import { until } from './until.ts';

let image: Image;
beforeAll(async () => {
  image = await createImage();
});
afterAll(() => image[Symbol.asyncDispose]());

const defaults = { mode: 'master', max_amps_for_slaves: 32, max_amps_per_twc: 32, expert: { ratelimit: 0 } };
/** For tests that start several: ports and the Supervisor's address differ from those of a real one. */
const usual = { SUPERVISOR_TOKEN: token, TWC2MQTT_PAGE_PORT: '0', TWC2MQTT_PAGE_ONLY: '127.0.0.2' };

async function data(folder: Folder, options: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const path = folder.file('data');
  await mkdir(path, { recursive: true });
  await chmod(folder.path, 0o755);
  await chmod(path, 0o777);
  await writeFile(`${path}/options.json`, JSON.stringify({ ...defaults, ...options }));
  return path;
}

test('it serves real chargers through its native file for Alpine, warns of nothing, and ends when it is told to', async () => {
  await using folder = await createFolder();
  await using mosquitto = await startMosquitto();
  await using supervisor = await startSupervisor(broker(mosquitto.port));
  await using pty = await createPty();
  using _slaves = attach(pty, [slave('1A2B')]);
  await using subscriber = await subscribe(mosquitto.url);
  await using app = await image.start({
    data: await data(folder, { serial_path: await realpath(pty.port) }),
    env: { ...usual, SUPERVISOR_URL: supervisor.url },
  });
  await app.says(/1A2B: online/);
  await subscriber.sees('TWC/1A2B/availability', 'online');
  expect(await app.shell('cat /proc/1/comm; node --version')).toMatch(/^tini\nv24\.\d+\.\d+$/);
  await until(async () => (await app.health()) === 0, 'it is healthy');
  const { code, took } = await app.stop();
  expect(code).toBe(0);
  expect(took).toBeLessThan(5_000);
  expect(subscriber.messages.findLast(({ topic }) => topic === 'TWC/status')).toMatchObject({ payload: 'offline' });
  expect(app.lines.filter((line) => /warn|deprecat/i.test(line))).toEqual([]);
  expect(await readdir(`${folder.file('data')}`)).toContain('twc2mqtt.state.json');
});

test('it is healthy only with a fresh sign in memory of its own', async () => {
  await using folder = await createFolder();
  await using supervisor = await startSupervisor(notEnabled);
  await using app = await image.start({
    data: await data(folder, { simulator: true }),
    env: { ...usual, SUPERVISOR_URL: supervisor.url },
  });
  await app.says(/1A2B: online/);
  await until(async () => (await app.health()) === 0, 'it is healthy');
  expect(await app.health({ TWC2MQTT_LIVENESS: '/tmp/none' })).not.toBe(0);
  await app.shell('touch -d "2020-01-01 00:00" /tmp/old');
  expect(await app.health({ TWC2MQTT_LIVENESS: '/tmp/old' })).not.toBe(0);
  expect(await app.stop()).toMatchObject({ code: 0 });
});

test('it ends well however early it is told to', async () => {
  await using folder = await createFolder();
  await using supervisor = await startSupervisor(notEnabled);
  const path = await data(folder, { simulator: true });
  const env = { ...usual, SUPERVISOR_URL: supervisor.url };
  for (const after of [0, 20, 60, 150, 400]) {
    await using app = await image.start({ data: path, env });
    await until(() => running(app), 'the container runs');
    await new Promise((resolve) => setTimeout(resolve, after));
    const { code, took } = await app.stop();
    expect(code).toBe(0);
    expect(took).toBeLessThan(5_000);
  }
});

test('a stuck loop is ended although the container has a process 1, so that it is started anew', {
  timeout: 240_000,
}, async () => {
  await using folder = await createFolder();
  const stuck = encodeURIComponent('if (!process.argv[2]) setTimeout(() => { for (;;); }, 8_000)');
  await using app = await image.start({
    data: await data(folder, { simulator: true }),
    env: { ...usual, NODE_OPTIONS: `--import=data:text/javascript,${stuck}` },
  });
  await app.says(/1A2B: online/);
  expect(await app.ended).toBe(137);
  expect(app.lines).toContainEqual(expect.stringMatching(/the main loop was stuck/));
});

test('another user than root runs it with a file, without Home Assistant', async () => {
  await using folder = await createFolder();
  const path = await data(folder);
  await writeFile(
    `${path}/config.yaml`,
    'interface:\n  port: simulator\nstatus:\n  MQTT:\n    broker: embedded:21883\n',
  );
  await using app = await image.start({ data: path, user: 1_000 });
  await app.says(/1A2B: online/);
  await until(async () => (await app.health()) === 0, 'it is healthy');
  expect(await app.stop()).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(`${path}/twc2mqtt-config.state.json`, 'utf8'))).toBeTypeOf('object');
  await using check = await image.start({ data: path, user: 1_000, args: ['check'] });
  expect(await check.ended).toBe(0);
});

async function running(app: Container): Promise<boolean> {
  return app.shell('true').then(
    () => true,
    () => false,
  );
}
