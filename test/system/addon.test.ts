// The app as an owner lives with it: options, adapters that come and go, power cuts, updates.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { slave } from '../world.ts';
import { createHome } from './app.ts';
import { artifact } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { broker, notEnabled, startSupervisor, token } from './supervisor.ts';
import { observe, until } from './until.ts';

describe.concurrent('options', () => {
  test.each<[string, string, RegExp[]]>([
    ['are not there', '', [/options\.json: expected the app's options, but there is no such file/]],
    ['are no JSON', '{"mqtt": {"password": "secret-of-mine', [/^expected the app's options by name/]],
    [
      'cannot be right: all problems are told at once, by the names that owners know',
      JSON.stringify({
        mode: 'slave',
        max_amps_for_slaves: 5,
        max_amps_per_twc: 200,
        serial_path: 'COM',
        mqtt: { host: 'me:secret-of-mine@host' },
        expert: { ratelimit: -1 },
      }),
      [
        /^mode: expected one of master, listen, got "slave"$/,
        /^max_amps_for_slaves: expected a whole number from 6 to 240, got 5$/,
        /^max_amps_per_twc: expected a whole number from 6 to 80, got 200$/,
        /^serial_path: expected a serial device .*, got "COM"$/,
        /^mqtt\.host, mqtt\.port: expected a name or an address/,
        /^expert\.ratelimit: expected a number from 0 to 86400, got -1$/,
      ],
    ],
    [
      'contradict each other',
      JSON.stringify({ expert: { min_amps_per_twc: 16 }, max_amps_per_twc: 10, max_amps_for_slaves: 32 }),
      [/^expert\.min_amps_per_twc: expected at most max_amps_per_twc \(10\), got 16$/],
    ],
  ])('that %s', async (_, options, expected) => {
    await using folder = await createFolder();
    if (options) await writeFile(folder.file('options.json'), options);
    const env = { ...process.env, SUPERVISOR_TOKEN: token, TWC2MQTT_DATA: folder.path };
    const child = spawn(process.execPath, [artifact], { env, timeout: 10_000 });
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(code).toBe(1);
    const problems = err.trimEnd().split('\n');
    for (const pattern of expected) expect(problems).toContainEqual(expect.stringMatching(pattern));
    expect(problems).toHaveLength(expected.length);
    expect(err).not.toContain('secret-of-mine');
  });

  test('that were left empty in the form are as if they had never been filled in', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using subscriber = await subscribe(mosquitto.url);
    const mqtt = { host: '', username: '', password: '', port: null };
    const empty = { mqtt, expert: { topic_prefix: '' }, serial_path: '' };
    await using app = await home.start({ ...empty, simulator: true });
    await subscriber.sees('TWC/status', 'online');
    expect(app.warnings.filter((line) => !line.startsWith('#'))).toEqual([]);
  });

  test('switch the simulation on, and off again without leaving its chargers in Home Assistant', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    const announced = /^homeassistant\/\w+\/twc_1a2b\//;
    await using first = await subscribe(mosquitto.url);
    {
      await using app = await home.start({ simulator: true });
      await app.says(/SIMULATION: these chargers are not real/);
      await app.says(/switch the option simulator off/);
      await until(() => first.messages.some(({ topic }) => announced.test(topic)), 'they are announced');
      await until(async () => JSON.stringify(await home.state()).includes('1a2b'), 'this is remembered');
      await app.stop();
    }
    await using _app = await home.start({});
    await until(async () => !JSON.stringify(await home.state()).includes('1a2b'), 'they are taken back');
    await using second = await subscribe(mosquitto.url);
    await second.sees('TWC/status', 'online');
    expect(Object.entries(second.values()).filter(([topic, payload]) => announced.test(topic) && payload)).toEqual([]);
  });
});

describe.concurrent('with no adapter chosen', () => {
  test('none is waited for, in words that Home Assistant shows; the only one is taken when it comes', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    await using subscriber = await subscribe(mosquitto.url);
    using _slaves = attach(pty, [slave('1A2B')]);
    await using app = await home.start({});
    await app.says(/there is no serial adapter; is it plugged in\?/);
    await subscriber.sees('TWC/problem', /there is no serial adapter/);
    await observe(2_000);
    expect(app.warnings.filter((line) => line.includes('no serial adapter'))).toHaveLength(1);
    await home.plug('usb-FTDI_A50285BI-if00-port0', pty.port);
    await app.says(/by-id\/usb-FTDI_A50285BI-if00-port0: open, the only adapter in /);
    await subscriber.sees('TWC/1A2B/availability', 'online');
    await subscriber.sees('TWC/problem', 'none');
  });

  test('several are named, and none of them is touched', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using one = await createPty();
    await using other = await createPty();
    await using subscriber = await subscribe(mosquitto.url);
    const taken: Uint8Array[] = [];
    for (const pty of [one, other]) pty.onBytes((bytes) => void taken.push(bytes));
    await home.plug('usb-FTDI', one.port);
    await home.plug('usb-Prolific', other.port);
    await using app = await home.start({});
    await app.says(/more than one serial adapter, choose one in the configuration: \S+usb-FTDI and \S+usb-Prolific/);
    await subscriber.sees('TWC/status', 'online');
    await subscriber.sees('TWC/problem', /more than one serial adapter/);
    await observe(1_500);
    expect(taken).toEqual([]);
    expect(await app.stop()).toMatchObject({ code: 0 });
  });

  test('two names of one adapter are one adapter', async () => {
    await using supervisor = await startSupervisor(notEnabled);
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    await home.plug('usb-FTDI', pty.port);
    await home.plug('usb-FTDI-again', pty.port);
    await using app = await home.start({});
    await app.says(/usb-FTDI: open, the only adapter in /);
  });
});

test.concurrent('a typed-in path wins over the chosen adapter', async () => {
  await using supervisor = await startSupervisor(notEnabled);
  await using home = await createHome({ supervisor });
  await using pty = await createPty();
  await using app = await home.start({ serial_port: '/dev/absent', serial_path: pty.port });
  await app.says(new RegExp(`${pty.port}: open$`));
});

test.concurrent('an adapter that another app holds is said to be, with what to do', async () => {
  await using supervisor = await startSupervisor(notEnabled);
  await using home = await createHome({ supervisor });
  await using neighbour = await createHome({ supervisor });
  await using pty = await createPty();
  await using holder = await neighbour.start({ serial_path: pty.port });
  await holder.says(/: open$/);
  await using app = await home.start({ serial_path: pty.port });
  await app.says(/another program holds it \(EAGAIN, "Cannot lock port"\); stop the program or app that uses it, or/);
  await holder.stop();
  await app.says(/: open$/);
});

describe.concurrent('what is remembered', () => {
  test('by an earlier version is still known: the charger has its master at once, and the client keeps its id', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    // What the first version wrote, before announcements and set points were remembered.
    const before = {
      version: 1,
      clientId: 'twc2mqtt-0a1b2c3d',
      port: pty.port,
      chargers: [{ id: '1A2B', version: 2, ratedAmps: 32, serialNumber: 'A17I0001A2B' }],
    };
    await writeFile(home.statePath, JSON.stringify(before));
    using bus = attach(pty, [slave('1A2B')], { shy: true });
    await using app = await home.start({ serial_port: pty.port });
    await until(() => bus.heartbeats('1A2B').length > 0, 'a heartbeat to a charger that never said hello', 15_000);
    await until(() => mosquitto.lines.some((line) => line.includes(before.clientId)), 'the client id of before');
    await until(async () => 'announced' in (await home.state()), 'the file is of this version now');
    expect(await home.state()).toMatchObject({ clientId: before.clientId, chargers: [{ id: '1A2B', version: 2 }] });
    expect(app.warnings).toEqual([]);
  });

  test('is whole whenever the power is cut, and nothing that was known is lost', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using pty = await createPty();
    using _slaves = attach(pty, [slave('1A2B')]);
    const hand = await connectAsync(mosquitto.url);
    let clientId: unknown;
    for (let cut = 0; cut < 6; cut++) {
      await using app = await home.start({ serial_port: pty.port });
      await app.says(/1A2B: online/);
      await app.says(/: connected$/);
      await until(async () => JSON.stringify((await home.state()).chargers).includes('1A2B'), 'it is remembered');
      if (cut === 0) {
        hand.publish('TWC/1A2B/set/limit', '6');
        await until(async () => JSON.stringify((await home.state()).setPoints).includes('6'), 'its limit is too');
      }
      // Limits come as fast as they can, each is written down, and in the midst of it the power goes.
      const cutAfter = 20 + 37 * cut;
      let amps = 6;
      const flood = setInterval(() => {
        amps = amps === 6 ? 20 : 6;
        hand.publish('TWC/1A2B/set/limit', String(amps));
      }, 1);
      await observe(cutAfter);
      app.child.kill('SIGKILL');
      expect(await app.ended).toBe('SIGKILL');
      clearInterval(flood);
      const state = JSON.parse(await readFile(home.statePath, 'utf8'));
      expect(state).toMatchObject({ version: 1, chargers: [{ id: '1A2B' }] });
      clientId ??= state.clientId;
      expect(state.clientId).toBe(clientId);
      expect([6, 20]).toContain(state.setPoints.chargers['1A2B']?.limit);
    }
    await hand.endAsync();
  });
});
