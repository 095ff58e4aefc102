// npx tsx scripts/evcc.ts EVCC [--version 1] [--seconds 90] [--verbose]: lets a real evcc drive the built bridge. EVCC is its
// program (https://github.com/evcc-io/evcc). A simulated house with sun, a simulated charger with a car, and evcc configured
// as docs/evcc.md says. Prints a table; exit code 1 when evcc could not do what it wants to do.

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';
import type { Written } from '../src/config/options.ts';
import { startBridge } from '../test/system/bridge.ts';
import { createFolder } from '../test/system/folder.ts';
import { freePort } from '../test/system/free-port.ts';
import { puppet } from '../test/system/home-assistant/puppet.ts';
import { startMosquitto } from '../test/system/mosquitto.ts';
import { start } from '../test/system/program.ts';
import { createSerialServer } from '../test/system/serial-server.ts';
import { attach } from '../test/system/slaves.ts';
import { type Subscriber, subscribe } from '../test/system/subscriber.ts';
import { observe, until } from '../test/system/until.ts';
import { tesla } from '../test/world.ts';
import { round } from './bench/figures.ts';

const { values, positionals } = parseArgs({
  options: {
    version: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '90' },
    verbose: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [evcc] = positionals;
if (!evcc) throw new Error('usage: npx tsx scripts/evcc.ts EVCC [--version 1] [--seconds 90] [--verbose]');

/** W of the sun, and what is to come of it. */
const phases = [
  { sun: 0, charges: false },
  { sun: 9_000, charges: true },
  { sun: 6_000, charges: true },
  { sun: 11_000, charges: true },
  { sun: 0, charges: false },
] as const;
const VOLTS = 230;
const HOUSE_WATTS = 400;
const ONE_AMPERE = 3 * VOLTS;
/** Beyond the ampere that a limit of whole amperes leaves: what a car draws below its limit. */
const TOLERANCE = ONE_AMPERE;

await using broker = await startMosquitto({});
await using folder = await createFolder();
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

const configuration = folder.file('evcc.yaml');
await writeFile(configuration, await evccConfiguration());
await using all = await subscribe(broker.url);
await all.sees('TWC/1A2B/chargeStatus', /^[BC]$/, 30_000);
await using program = await start(evcc, ['--config', configuration, '--disable-auth', '--log', 'debug']);
await until(() => all.value('evcc/loadpoints/1/connected') === 'true', 'evcc sees the car', 60_000).catch((error) => {
  throw new Error(`${error.message}\n${program.lines.slice(-40).join('\n')}`);
});

const faults: string[] = [];
const rows: string[][] = [['Sun W', 'Orders', 'Limit A', 'Draw A', 'Grid W at the end', 'evcc: enabled, charging']];
for (const phase of phases) {
  sun = phase.sun;
  const from = performance.now();
  await observe(Number(values.seconds) * 1_000);
  rows.push(row(phase, from));
  judge(phase);
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
  const told = () => program.lines.slice(seen).find((line) => /outdated/.test(line));
  await bridge.end('SIGKILL');
  const line = await until(told, 'evcc finds the values outdated', 120_000).catch(() => undefined);
  if (line === undefined) faults.push('the bridge is gone: evcc takes old values for true');
  const again = await startBridge(folder, settings);
  await again.says(/1A2B: online/);
  await observe(45_000);
  const late = program.lines.slice(-10).filter((one) => /outdated/.test(one));
  if (late.length > 0) faults.push('the bridge is back: evcc does not take its values');
  console.log(`the bridge was killed, evcc said: ${line?.trim() ?? 'nothing'}`);
  return again;
}

function row({ sun }: (typeof phases)[number], from: number): string[] {
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

function judge({ sun, charges }: (typeof phases)[number]): void {
  const charging = charger.amps[0] >= 1;
  const stoppable = charger.slave.version === 1;
  if (charging !== charges && (charges || stoppable))
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

/** The configuration that the documentation shows, with the addresses of here. */
async function evccConfiguration(): Promise<string> {
  const text = await readFile(new URL('../docs/evcc.md', import.meta.url), 'utf8');
  const charger = /```yaml\n(# evcc\.yaml\n[\s\S]*?)```/.exec(text)?.[1];
  if (!charger) throw new Error('docs/evcc.md: expected a YAML block that begins with "# evcc.yaml"');
  const own = `
network: { schema: http, host: 127.0.0.1, port: ${await freePort()} }
interval: 10s
database: { type: sqlite, dsn: ${folder.file('evcc.db')} }
site: { title: House, meters: { grid: grid, pv: [pv] }, residualPower: 0 }
meters:
  - { name: grid, type: custom, power: { source: mqtt, topic: house/grid, timeout: 30s } }
  - { name: pv, type: custom, power: { source: mqtt, topic: house/pv, timeout: 30s } }
`;
  const here = charger
    .replace(/^interval: .*$/m, '')
    .replace(/delay: \d+m/g, 'delay: 10s')
    .replaceAll('timeout: 2m', 'timeout: 30s');
  return `${own}${here.replace(/broker: \S+/, `broker: 127.0.0.1:${broker.port}`)}`;
}
