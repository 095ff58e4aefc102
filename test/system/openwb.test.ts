// The script of docs/openwb.md between two brokers, held to what openWB accepts: its own rules for a charge point of the type
// MQTT (packages/helpermodules/setdata.py and packages/modules/chargepoints/mqtt/chargepoint_module.py of openWB/core).

import { readFile, writeFile } from 'node:fs/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { slave, tesla } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder, type Folder } from './folder.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';
import { type Program, start } from './program.ts';
import { createSerialServer } from './serial-server.ts';
import { attach } from './slaves.ts';
import { type Subscriber, subscribe } from './subscriber.ts';
import { until } from './until.ts';

const isNumber = (value: unknown) => typeof value === 'number';
const isList = (value: unknown) => Array.isArray(value) && value.length === 3 && value.every(isNumber);

/** What a charge point must tell, without which openWB reports a fault. */
const demanded: Readonly<Record<string, (value: unknown) => boolean>> = {
  power: isNumber,
  phases_in_use: (value) => [1, 2, 3].includes(Number(value)),
  imported: (value) => Number(value) >= 0,
  exported: (value) => Number(value) >= 0,
  currents: isList,
  plug_state: (value) => typeof value === 'boolean',
  charge_state: (value) => typeof value === 'boolean',
};

/** As a charging charger is published. */
const charging = {
  chargerLoadInW: '3588',
  energy: '924.07',
  current: '5.2',
  voltagePhaseA: '230',
  voltagePhaseB: '231',
  voltagePhaseC: '229',
  chargeStatus: 'C',
};

let folder: Folder;
let [twc, openwb]: (Mosquitto | undefined)[] = [];
let house: MqttClient;
let seen: Subscriber;
let script: Program;

beforeEach(async () => {
  folder = await createFolder();
  twc = await startMosquitto();
  openwb = await startMosquitto();
  house = await connectAsync(twc.url);
  seen = await subscribe(openwb.url);
  const text = await readFile(new URL('../../docs/openwb.md', import.meta.url), 'utf8');
  const found = /```sh\n(#!\/bin\/bash\n[\s\S]*?)```/.exec(text)?.[1] ?? '';
  const here = found
    .replace('-h 192.168.1.10 -p 1883', `-h 127.0.0.1 -p ${twc.port}`)
    .replace('-h 192.168.1.20 -p 1883', `-h 127.0.0.1 -p ${openwb.port}`);
  await writeFile(folder.file('openwb'), here);
  script = await start('bash', [folder.file('openwb')]);
});

afterEach(async () => {
  await script?.end('SIGTERM');
  await seen?.[Symbol.asyncDispose]();
  await house?.endAsync(true);
  await openwb?.[Symbol.asyncDispose]();
  await twc?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function publish(values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await house.publishAsync(`TWC/1A2B/${name}`, value, { retain: true });
  }
}

function got(name: string): unknown {
  const text = seen.value(`openWB/set/mqtt/chargepoint/3/get/${name}`);
  return text === undefined ? undefined : JSON.parse(text);
}

test('openWB gets all that it demands, as it wants it', async () => {
  await publish(charging);
  await until(
    () => Object.entries(demanded).every(([name, fits]) => fits(got(name))),
    () => `all values, but they are ${JSON.stringify(seen.values())}`,
  );
  await until(() => got('charge_state') === true && JSON.stringify(got('voltages')) === '[230,231,229]', 'the last');
  expect(got('imported')).toBe(924_070);
  expect(got('currents')).toEqual([5.2, 5.2, 5.2]);
  expect(got('plug_state')).toBe(true);
  await publish({ chargeStatus: 'F' });
  await until(() => got('plug_state') === false && got('charge_state') === false, 'no car');
});

test.each([1, 2] as const)('a charger of version %i tells all that openWB demands', async (version) => {
  if (!twc) throw new Error('no broker');
  await using server = await createSerialServer();
  await server.listen();
  using _bus = attach(server, [slave('1A2B', { version, car: () => tesla })]);
  await using _bridge = await startBridge(folder, {
    'interface.port': server.port,
    'status.MQTT.broker': twc.url,
    'status.MQTT.ratelimit': 5,
    // What docs/openwb.md tells to say of a charger without a meter.
    chargers: { '1A2B': { volts: 230, phases: 3 } },
  });
  await until(
    () => Object.entries(demanded).every(([name, fits]) => fits(got(name))) && got('charge_state') === true,
    () => `all values, but they are ${JSON.stringify(seen.values())}`,
    60_000,
  );
});

test('the current that openWB sets is the limit, and 0 too', async () => {
  if (!openwb || !twc) throw new Error('no brokers');
  await using commands = await subscribe(twc.url, { filter: 'TWC/1A2B/set/#' });
  const server = await connectAsync(openwb.url);
  await until(() => got('phases_in_use') === 3, 'the script runs');
  for (const current of ['13.5', '0']) {
    // As openWB publishes it: as JSON, retained, again and again.
    await until(async () => {
      await server.publishAsync('openWB/mqtt/chargepoint/3/set/current', current, { retain: true });
      return commands.value('TWC/1A2B/set/limit') === current;
    }, `${current} A`);
  }
  await server.endAsync();
});

test('the script ends when a broker is gone', async () => {
  await until(() => got('phases_in_use') === 3, 'the script runs');
  await openwb?.stop();
  await publish(charging);
  expect(await script.ended).toBeDefined();
});
