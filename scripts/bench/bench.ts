// npm run bench [-- --samples 300 --seconds 30 --json FILE --only latency,load,start,heart]: what the built bridge costs
// and how fast it is, as a table. How it is measured and what it was: docs/performance.md.

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Line, table } from './figures.ts';
import { type Heart, heart } from './heart.ts';
import { type Latency, latency } from './latency.ts';
import { type Load, load, type Start, start } from './load.ts';

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '30' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: 'latency,load,start,heart' },
    json: { type: 'string' },
  },
});
const asked = new Set(values.only.split(','));

const figures = {
  node: process.version,
  cores: cpus().length,
  pty: await measured('latency', () => latency('pty', Number(values.samples))),
  tcp: await measured('latency', () => latency('tcp', Number(values.samples))),
  load: await measured('load', () => load(Number(values.seconds))),
  start: await measured('start', () => start(Number(values.runs))),
  heart: await measured('heart', () => heart([1, 3, 100, 1_000])),
};

console.log(`Node ${figures.node}, ${figures.cores} cores\n`);
console.log(
  table([
    ...ofLatency('serial line (pty)', figures.pty),
    ...ofLatency('TCP', figures.tcp),
    ...ofLoad(figures.load),
    ...ofStart(figures.start),
    ...ofHeart(figures.heart),
  ]),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);

async function measured<T>(part: string, measure: () => T | Promise<T>): Promise<T | undefined> {
  return asked.has(part) ? measure() : undefined;
}

function ofLatency(link: string, found: Latency | undefined): Line[] {
  if (!found) return [];
  return [
    ...(['p50', 'p90', 'p99', 'max'] as const).map((share): Line => {
      const budget = { p50: '≤ 2 ms', p90: '', p99: '≤ 10 ms', max: '' }[share];
      const { bridge, minimal } = found;
      return [
        `${link}: last byte to subscriber, ${share}`,
        `${bridge[share]} ms (minimal reader ${minimal[share]} ms)`,
        budget,
      ];
    }),
    [`${link}: median to that of the minimal reader`, `${found.ratio}`, '≤ 1.5'],
  ];
}

function ofLoad(found: Load | undefined): Line[] {
  if (!found) return [];
  return [
    ['CPU, three chargers, rate limit 0', `${found.cpuPercent} % of a core`, '≤ 1 %'],
    ['CPU for a frame heard or said', `${found.cpuPerFrameMs} ms`],
    ['Resident memory without a charger', `${found.idleMB} MB`, '≤ 75 MB'],
    ['Resident memory with three', `${found.loadMB} MB`, '≤ 75 MB'],
  ];
}

function ofStart(found: Start | undefined): Line[] {
  if (!found) return [];
  return [['Start to first discovery payload', `${found.medianMs} ms (slowest ${found.slowestMs} ms)`, '≤ 1,000 ms']];
}

function ofHeart(found: Heart | undefined): Line[] {
  if (!found) return [];
  return [
    ['The heart alone, three chargers', `${found.framesPerSecond} frames per second of CPU`],
    ...found.fleets.map(({ chargers, cpuPercent, perChargerUs, perBusKB }): Line => {
      const memory = Number.isNaN(perBusKB) ? '' : `, ${perBusKB} kB a bus`;
      return [
        `The heart alone, ${chargers} ${chargers === 1 ? 'charger' : 'chargers'}`,
        `${cpuPercent} % of a core, ${perChargerUs} µs a charger and second${memory}`,
      ];
    }),
  ];
}
