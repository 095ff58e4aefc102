// Everything that can be pulled, killed, stopped or spoilt, in a whole house: it comes back by itself, with the truth, with
// one line in the log when it goes and one when it is back, leaves nothing behind, and does not keep the bridge from ending.

import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createScene, type Scene, type SceneSettings } from './scene.ts';
import { startSilentBroker, startStallingBroker } from './stubborn-broker.ts';
import { observe, until } from './until.ts';

interface Fault extends SceneSettings {
  readonly name: string;
  readonly begin: (scene: Scene) => Promise<unknown>;
  readonly end: (scene: Scene) => Promise<unknown>;
  /** What the log says when it goes, and when it is back. */
  readonly down: readonly RegExp[];
  readonly up: RegExp;
  /** What it says beside when the cause goes. */
  readonly last?: RegExp;
  readonly rounds?: number;
  /** How long it lasts after the log has told it (ms). */
  readonly lasts?: number;
  /** Values must flow again this soon after the cause is gone (ms); much more than it takes, for a busy machine. */
  readonly within?: number;
}

const unplugged = { down: [/warn .*adapter: it was unplugged/], up: /info .*adapter: open$/ };
const serverBack = { cable: 'tcp', up: /info .*tcp:.*: open$/ } as const;
const closed = /warn .*the connection was (closed|lost) \(trying again until it works\)$/;
const brokerBack = /info .*: connected$/;
const [wrong, right] = ['not-the-right-one', 'hunter2-and-a-half'];

/** The longest first. */
const faults: readonly Fault[] = [
  {
    name: 'an adapter that is away for a minute, with its folder',
    pty: { last: true },
    begin: ({ pty }) => pty.unplug(),
    end: ({ pty }) => pty.plug(),
    ...unplugged,
    lasts: 60_000,
    rounds: 1,
  },
  {
    name: 'a broker that accepts and acknowledges nothing',
    begin: replaced(startStallingBroker),
    end: restored,
    down: [closed, /warn .*: nothing was acknowledged for 20 s/],
    last: closed,
    up: brokerBack,
    lasts: 22_000,
    rounds: 1,
  },
  {
    name: 'a broker that stands still for long',
    begin: async ({ broker }) => broker.signal('SIGSTOP'),
    end: async ({ broker }) => broker.signal('SIGCONT'),
    down: [/warn .*: nothing was acknowledged for 20 s/],
    up: brokerBack,
    lasts: 15_000,
    rounds: 1,
  },
  {
    name: 'a password that is changed at the broker, until it is changed back',
    broker: { users: { house: right } },
    login: { username: 'house', password: right },
    config: { 'status.MQTT.username': 'house', 'status.MQTT.password': right },
    async begin({ broker }) {
      await broker.admits({ house: wrong });
      await broker.stop('SIGKILL');
      await broker.restart();
    },
    end: ({ broker }) => broker.admits({ house: right }),
    down: [closed, /warn .*: the broker refuses this username and password/],
    up: brokerBack,
    rounds: 1,
    within: 40_000,
  },
  {
    name: 'a serial server that takes everything and passes nothing on',
    ...serverBack,
    begin: ({ detour }) => detour.becomes('stalled'),
    end: ({ detour }) => detour.becomes('on'),
    down: [/warn .*: silent for 20 s/],
    rounds: 1,
  },
  {
    name: 'a broker that accepts and never answers',
    begin: replaced(startSilentBroker),
    end: restored,
    down: [closed],
    last: /warn .*: the connection was closed before the broker answered/,
    up: brokerBack,
    lasts: 12_000,
    rounds: 1,
  },
  {
    name: 'a serial server that is off',
    ...serverBack,
    begin: ({ detour }) => detour.becomes('off'),
    end: ({ detour }) => detour.becomes('on'),
    down: [/warn .*: the other side (closed|reset) the connection$/],
  },
  {
    name: 'a serial server that throws us out, and everybody who comes',
    ...serverBack,
    begin: ({ detour }) => detour.becomes('busy'),
    end: ({ detour }) => detour.becomes('on'),
    down: [/warn .*: the other side (closed|reset) the connection$/],
  },
  {
    name: 'an adapter that is away for a second',
    begin: ({ pty }) => pty.unplug(),
    end: ({ pty }) => pty.plug(),
    ...unplugged,
    lasts: 1_000,
  },
  {
    name: 'an adapter that comes back as another device',
    async begin({ pty }) {
      const device = await realpath(pty.port);
      // As long as it is open somewhere, no other device gets its name.
      devices.set(pty.port, { device, open: await open(device, constants.O_RDWR | constants.O_NOCTTY) });
      await pty.unplug();
    },
    async end({ pty }) {
      await pty.plug();
      const before = devices.get(pty.port);
      expect(await realpath(pty.port)).not.toBe(before?.device);
      await before?.open.close();
    },
    ...unplugged,
  },
  {
    name: 'a broker that is killed and remembers',
    broker: { persistence: true },
    begin: ({ broker }) => broker.stop('SIGKILL'),
    end: ({ broker }) => broker.restart(),
    down: [closed],
    up: brokerBack,
  },
  {
    name: 'a broker that is killed and forgets',
    begin: ({ broker }) => broker.stop('SIGKILL'),
    end: ({ broker }) => broker.restart(),
    down: [closed],
    up: brokerBack,
  },
];

/** Where an adapter's path led before. */
const devices = new Map<string, { readonly device: string; readonly open: FileHandle }>();
const stubborn = new WeakMap<Scene, AsyncDisposable>();

function replaced(begin: (port: number) => Promise<AsyncDisposable>) {
  return async (scene: Scene) => {
    await scene.broker.stop('SIGKILL');
    stubborn.set(scene, await begin(scene.broker.port));
  };
}

async function restored(scene: Scene): Promise<void> {
  await stubborn.get(scene)?.[Symbol.asyncDispose]();
  await scene.broker.restart();
}

test.concurrent.each(faults)('$name', { timeout: 120_000 }, async ({ rounds = 3, within = 5_000, ...fault }) => {
  await using scene = await createScene(fault);
  const { bridge } = scene;
  await scene.flows(0);
  await bridge.says(/: connected$/);
  const descriptors = await bridge.descriptors();
  for (let round = 0; round < rounds; round++) {
    const before = scene.news().length;
    await fault.begin(scene);
    const told = () => scene.news().length >= before + fault.down.length;
    await until(told, () => `one line down, but:\n${scene.news().join('\n')}`, 45_000);
    await observe(fault.lasts ?? 1_500);
    const from = performance.now();
    await fault.end(scene);
    const took = await scene.flows(from, performance.now());
    console.info(`${fault.name}: values flow again after ${Math.round(took)} ms`);
    expect(took).toBeLessThan(within);
    const lines = [...fault.down, ...(fault.last ? [fault.last] : []), fault.up];
    await scene.subscriber.sees('TWC/status', 'online');
    await until(() => scene.news().length >= before + lines.length, 'the log says that it is back');
    expect(scene.news().slice(before)).toEqual(lines.map((line) => expect.stringMatching(line)));
  }
  await until(async () => (await bridge.descriptors()) === descriptors, 'nothing is left open');

  await fault.begin(scene);
  await observe(500);
  const { code, took } = await bridge.stop();
  expect(code).toBe(0);
  expect(took).toBeLessThan(3_000);
});
