// Who may see and do what: no secret is ever told, no broker is trusted that should not be, and what the broker does not
// allow is said in words.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { describe, expect, test } from 'vitest';
import { createHome } from './app.ts';
import { createAuthority } from './authority.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createScene } from './scene.ts';
import { broker as brokerIs, startSupervisor, token } from './supervisor.ts';
import { observe, until } from './until.ts';

const secret = 'hunter2-and-a-half';
const absent = '/dev/twc2mqtt-absent';
const login = { 'status.MQTT.username': 'house', 'status.MQTT.password': secret };
const loud = { 'log.level': 'debug' } as const;

describe.concurrent('a secret is in no line of the log at any level', () => {
  test.each([
    ['taken', secret],
    ['refused', 'another-one'],
  ])('when the password is %s, also by a broker that comes and goes', async (_, accepted) => {
    await using broker = await startMosquitto({ users: { house: accepted } });
    await using folder = await createFolder();
    const settings = { 'interface.port': absent, 'status.MQTT.broker': broker.url, ...login, ...loud };
    await using bridge = await startBridge(folder, settings);
    await bridge.says(accepted === secret ? /: connected$/ : /refuses this username and password/);
    await broker.stop('SIGKILL');
    await observe(1_000);
    expect(await bridge.stop()).toMatchObject({ code: 0 });
    expect(bridge.lines.length).toBeGreaterThan(3);
    expect(bridge.lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  test.each([
    ['a configuration that is wrong', { 'status.MQTT.broker': 'nonsense' }],
    ['a broker address with a password in it', { 'status.MQTT.broker': `mqtt://house:${secret}@localhost` }],
  ])('with %s', async (_, wrong) => {
    await using folder = await createFolder();
    await using bridge = await startBridge(folder, { 'interface.port': absent, ...login, ...loud, ...wrong });
    await bridge.says(/expected/);
    await observe(500);
    await bridge.end('SIGTERM');
    expect(bridge.lines.filter((line) => line.includes(secret))).toEqual([]);
  });

  test.each([
    ['the login that the Supervisor gives', {}],
    ['the login in the options', { mqtt: { host: '127.0.0.1', username: 'house', password: secret } }],
    ['options that are wrong', { mqtt: { password: secret }, mode: secret.length, max_amps_per_twc: 'many' }],
  ] as const)('in Home Assistant, with %s', async (_, options) => {
    await using mosquitto = await startMosquitto({ users: { house: secret } });
    const given = { username: 'house', password: secret };
    await using supervisor = await startSupervisor(brokerIs(mosquitto.port, given));
    await using home = await createHome({ supervisor });
    await using app = await home.start({
      serial_path: absent,
      ...options,
      mqtt: { port: mosquitto.port, ...('mqtt' in options && options.mqtt) },
      expert: { log_level: 'debug' },
    });
    await until(
      () => app.lines.some((line) => /: connected$|expected/.test(line)),
      'it connects or says what is wrong',
    );
    await app.stop();
    expect(app.lines.filter((line) => line.includes(secret) || line.includes(token))).toEqual([]);
  });
});

test.concurrent('an encrypted broker whose certificate has expired is refused, and taken when it has another', async () => {
  await using folder = await createFolder();
  const authority = await createAuthority(folder);
  const old = await authority.sign('IP:127.0.0.1', 0);
  // It is good until the second in which it was signed.
  await observe(1_500);
  await using broker = await startMosquitto({ tls: old });
  await using bridge = await startBridge(folder, {
    'interface.port': absent,
    'status.MQTT.broker': broker.url,
    'status.MQTT.ca': authority.ca,
  });
  await bridge.says(/warn .*the broker's certificate has expired/);
  await authority.sign('IP:127.0.0.1');
  await broker.stop();
  await broker.restart();
  await bridge.says(/: connected$/);
  expect(bridge.lines.filter((line) => line.includes('expired'))).toHaveLength(1);
});

describe.concurrent('what the broker does not allow is said', () => {
  const users = { house: secret, owner: secret };
  const owner = ['user owner', 'topic readwrite #'];
  const config = { ...login, 'homeassistant.discovery': 'off' } as const;
  const brokerLogin = { username: 'owner', password: secret };

  test('when it acknowledges everything and keeps nothing, once in a connection', async () => {
    const broker = { users, access: [...owner, 'user house', 'topic read TWC/#'] };
    await using scene = await createScene({ broker, login: brokerLogin, config });
    const denial = /warn .*acknowledges TWC\/status and does not keep it: may this user write and read TWC\/#\?/;
    await scene.bridge.says(denial, 20_000);
    await observe(10_000);
    expect(scene.bridge.lines.filter((line) => denial.test(line))).toHaveLength(1);
    expect(scene.subscriber.messages.filter(({ topic }) => topic.startsWith('TWC/'))).toEqual([]);
    expect(await scene.bridge.stop()).toMatchObject({ code: 0 });
  });

  test('when it keeps our values but not what Home Assistant is told, once in a connection', async () => {
    const broker = { users, access: [...owner, 'user house', 'topic readwrite TWC/#', 'topic read homeassistant/#'] };
    const announcing = { ...config, 'homeassistant.discovery': 'entity' } as const;
    await using scene = await createScene({ broker, login: brokerLogin, config: announcing });
    const denial =
      /warn .*acknowledges homeassistant\/\S+ and does not keep it: may this user write and read homeassistant\/#\?/;
    await scene.bridge.says(denial, 20_000);
    await observe(8_000);
    expect(scene.bridge.lines.filter((line) => line.includes('does not keep it'))).toHaveLength(1);
    expect(scene.subscriber.messages.filter(({ topic }) => topic.startsWith('homeassistant/'))).toEqual([]);
    await scene.subscriber.sees('TWC/1A2B/availability', 'online');
  });

  test('when it refuses each publication, once in a connection', async () => {
    const broker = { users, access: [...owner, 'user house', 'topic read TWC/#'] };
    await using scene = await createScene({
      broker,
      login: brokerLogin,
      config: { ...config, 'status.MQTT.version': '5' },
    });
    await scene.bridge.says(
      /warn .*does not let us publish \(Publish error: Not authorized\), TWC\/\S+ for one; what may/,
    );
    await observe(8_000);
    expect(scene.bridge.lines.filter((line) => /does not let us|does not keep/.test(line))).toHaveLength(1);
    expect(await scene.bridge.stop()).toMatchObject({ code: 0 });
  });

  test('when it may write and not read, since orders would not come', async () => {
    const broker = { users, access: [...owner, 'user house', 'topic write TWC/#'] };
    await using scene = await createScene({ broker, login: brokerLogin, config });
    await scene.bridge.says(/warn .*may this user write and read TWC\/#\?/, 20_000);
    await scene.subscriber.sees('TWC/1A2B/availability', 'online');
  });

  test('when all is allowed that is needed, nothing is said', async () => {
    const broker = { users, access: [...owner, 'user house', 'topic readwrite TWC/#'] };
    await using scene = await createScene({ broker, login: brokerLogin, config });
    await scene.flows(0);
    await observe(8_000);
    expect(scene.bridge.lines.filter((line) => / warn /.test(line))).toEqual([]);
  });

  test.each([
    ['refuses a subscription', { authorizeSubscribe: refuseSubscriptions }, /warn .*does not let us subscribe \(/],
    [
      'closes the connection at a publication',
      { authorizePublish: refusePublications },
      /warn .*the connection was closed/,
    ],
  ])('when it %s, and it is not knocked at without end', async (_, rules, says) => {
    await using broker = await startStrict(rules);
    await using folder = await createFolder();
    await using bridge = await startBridge(folder, { 'interface.port': absent, 'status.MQTT.broker': broker.url });
    await bridge.says(says);
    await observe(6_000);
    expect(bridge.lines.filter((line) => says.test(line))).toHaveLength(1);
    expect(broker.connections).toBeLessThan(10);
    expect(await bridge.stop()).toMatchObject({ code: 0 });
  });
});

type Rules = Pick<Aedes, 'authorizePublish'> | Pick<Aedes, 'authorizeSubscribe'>;

function refuseSubscriptions(...[, , done]: Parameters<Aedes['authorizeSubscribe']>): void {
  done(null, null);
}

function refusePublications(...[, , done]: Parameters<Aedes['authorizePublish']>): void {
  done(new Error('not allowed'));
}

/** A broker that tells what it does not allow, in the ways that MQTT 3.1.1 knows. */
async function startStrict(rules: Rules): Promise<AsyncDisposable & { url: string; readonly connections: number }> {
  const broker = await Aedes.createBroker(rules);
  let connections = 0;
  broker.on('client', () => void connections++);
  const server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      await new Promise<void>((resolve) => broker.close(resolve));
    },
  };
}
