// npx tsx scripts/evcc.ts EVCC [--version 1] [--seconds 90] [--more 0] [--home-assistant] [--verbose]: lets a real evcc drive
// the built bridge, over MQTT or through a real Home Assistant. EVCC is its program (https://github.com/evcc-io/evcc). A
// simulated house with sun, a simulated charger with a car, and evcc configured as docs/evcc.md says. The sun changes four
// times, and then as often as is asked for with `--more`. Prints a table; exit code 1 when evcc could not do what it wants to do.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';
import type { Written } from '../src/config/options.ts';
import { startBridge } from '../test/system/bridge.ts';
import { createFolder } from '../test/system/folder.ts';
import { freePort } from '../test/system/free-port.ts';
import { startHomeAssistant } from '../test/system/home-assistant/hass.ts';
import { puppet } from '../test/system/home-assistant/puppet.ts';
import { startMosquitto } from '../test/system/mosquitto.ts';
import { start } from '../test/system/program.ts';
import { createSerialServer } from '../test/system/serial-server.ts';
import { attach } from '../test/system/slaves.ts';
import { type Subscriber, subscribe } from '../test/system/subscriber.ts';
import { observe, until } from '../test/system/until.ts';
import { tesla } from '../test/world.ts';
import { round } from './bench/figures.ts';
import { evccConfiguration, logIn } from './evcc-setup.ts';

const { values, positionals } = parseArgs({
  options: {
    version: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '90' },
    'home-assistant': { type: 'boolean', default: false },
    more: { type: 'string', default: '0' },
    verbose: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [evcc] = positionals;
if (!evcc) throw new Error('usage: npx tsx scripts/evcc.ts EVCC [--version 1] [--seconds 90] [--home-assistant]');

/** W of the sun. */
const phases = [0, 9_000, 6_000, 11_000, 0, ...Array.from({ length: Number(values.more) }, anySun)];
const VOLTS = 230;
const HOUSE_WATTS = 400;
const ONE_AMPERE = 3 * VOLTS;
/** Beyond the ampere that a limit of whole amperes leaves: what a car draws below its limit. */
const TOLERANCE = ONE_AMPERE;
/** Nearer to what a car needs at least than this, evcc may do the one or the other. */
const HARDLY = 700;

await using broker = await startMosquitto({});
await using folder = await createFolder();
await using hass = values['home-assistant'] ? await startHomeAssistant(broker.port) : undefined;
await using server = await createSerialServer();
await server.listen();
const charger = puppet('1A2B', { version: values.version === '2' ? 2 : 1 });
charger.car = tesla;
using _slaves = attach(server, [charger.slave]);
const settings: Written = {
  'interface.port': server.port,
  'status.MQTT.broker': broker.url,
  'status.MQTT.ratelimit': 5,
  'status.MQTT.refresh': 10,
  'homeassistant.discovery': hass ? 'entity' : 'off',
  'config.maxAmpsForSlaves': 16,
  'config.maxAmpsPerTWC': 16,
  // Version 1 has no meter: its owner says what it is connected to.
  chargers: { '1A2B': { volts: VOLTS, phases: 3 } },
};
await using bridge = await startBridge(folder, settings);
const house = await connectAsync(broker.url);
let sun = 0;
const gridWatts = () => charger.amps.reduce((watts, amps) => watts + amps * VOLTS, HOUSE_WATTS - sun);
const measured: { readonly at: number; readonly watts: number }[] = [];
const meter = setInterval(() => {
  measured.push({ at: performance.now(), watts: gridWatts() });
  house.publish('house/grid', gridWatts().toFixed(0));
  house.publish('house/pv', String(sun));
}, 1_000);

await using all = await subscribe(broker.url);
await all.sees('TWC/1A2B/chargeStatus', /^[BC]$/, 30_000);
await hass?.shows('sensor.twc_1a2b_charge_status', /^[BC]$/, 60_000);
const configuration = folder.file('evcc.yaml');
const port = await freePort();
const place = { port, broker: broker.port, database: folder.file('evcc.db'), hass: hass?.url };
await writeFile(configuration, await evccConfiguration({ ...place, version: charger.slave.version }));
await using program = await start(evcc, ['--config', configuration, '--disable-auth', '--log', 'debug']);
const orLog = (error: Error) => {
  throw new Error(`${error.message}\n${program.lines.slice(-40).join('\n')}`);
};
if (hass) await logIn(`http://127.0.0.1:${port}`, hass.url).catch(orLog);
const isConnected = () => all.value('evcc/loadpoints/1/connected') === 'true';
await until(isConnected, 'evcc sees the car', 60_000).catch(orLog);

const faults: string[] = [];
const rows: string[][] = [['Sun W', 'Orders', 'Limit A', 'Draw A', 'Grid W at the end', 'evcc: enabled, charging']];
for (const watts of phases) {
  sun = watts;
  const from = performance.now();
  await observe(Number(values.seconds) * 1_000);
  rows.push(row(from));
  judge();
}
await using _back = await outage();
const wh = Number(all.value('evcc/loadpoints/1/chargedEnergy'));
const errors = program.lines.filter((line) => /\b(ERROR|FATAL)\b/.test(line));
console.log(rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
console.log(`evcc counted ${round(wh / 1_000, 2)} kWh, the bridge ${all.value('TWC/1A2B/sessionEnergy')} kWh`);
console.log(`evcc identified ${all.value('evcc/loadpoints/1/vehicleTitle') || 'no car'}`);
if (values.verbose || faults.length > 0) console.log(program.lines.slice(-200).join('\n'));
for (const line of errors) console.log(line);
for (const fault of faults) console.log(`FAULT ${fault}`);
clearInterval(meter);
await house.endAsync(true);
process.exitCode = faults.length > 0 ? 1 : 0;

/** The bridge is killed: evcc must not take old values for true, and go on when it is back. */
async function outage(): Promise<AsyncDisposable> {
  const seen = program.lines.length;
  const missing = hass ? /not available/ : /outdated/;
  const told = () => program.lines.slice(seen).find((line) => missing.test(line));
  await bridge.end('SIGKILL');
  const line = await until(told, 'evcc misses the values', 120_000).catch(() => undefined);
  if (line === undefined) faults.push('the bridge is gone: evcc takes old values for true');
  const again = await startBridge(folder, settings);
  await again.says(/1A2B: online/);
  await observe(45_000);
  const late = program.lines.slice(-10).filter((one) => missing.test(one));
  if (late.length > 0) faults.push('the bridge is back: evcc does not take its values');
  console.log(`the bridge was killed, evcc said: ${line?.trim() ?? 'nothing'}`);
  return again;
}

function row(from: number): string[] {
  const orders = commands(all, from);
  return [
    String(sun),
    orders.map(({ after, what }) => `${after} s ${what}`).join(', ') || 'none',
    all.value('TWC/1A2B/limit') ?? '',
    round(charger.amps[0], 1).toString(),
    round(meanGrid(), 0).toString(),
    `${all.value('evcc/loadpoints/1/enabled')}, ${all.value('evcc/loadpoints/1/charging')}`,
  ];
}

function anySun(): number {
  return 500 * Math.floor(25 * Math.random());
}

function judge(): void {
  const spare = sun - HOUSE_WATTS - 6 * ONE_AMPERE;
  const charges = Math.abs(spare) < HARDLY ? undefined : spare > 0;
  const charging = charger.amps[0] >= 1;
  const stoppable = charger.slave.version === 1;
  if (charges !== undefined && charging !== charges && (charges || stoppable))
    faults.push(`${sun} W of sun: the car ${charging ? 'charges' : 'does not charge'}`);
  const said = all.value('evcc/loadpoints/1/charging');
  if (String(charging) !== said) faults.push(`${sun} W of sun: charging is ${charging}, evcc says ${said}`);
  const off = Math.abs(meanGrid());
  if (charges && off > ONE_AMPERE + TOLERANCE) faults.push(`${sun} W of sun: ${round(meanGrid(), 0)} W at the grid`);
}

/** The mean of the last twenty seconds, W. */
function meanGrid(): number {
  const last = measured.filter(({ at }) => at > performance.now() - 20_000);
  return last.reduce((sum, { watts }) => sum + watts, 0) / last.length;
}

function commands({ messages }: Subscriber, from: number) {
  return messages
    .filter(({ at, topic }) => at >= from && topic.startsWith('TWC/1A2B/set/'))
    .map(({ at, topic, payload }) => ({
      after: round((at - from) / 1_000, 0),
      what: `${topic.split('/').at(-1)} ${payload}`,
    }));
}
