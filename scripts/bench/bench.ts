// npm run bench [-- --node PATH --against DIR --samples 300 --seconds 30 --runs 5 --json FILE --only latency,load,start,heart]:
// what the built bridge costs and how fast it is, as a table. `--node` is the Node.js to measure, `--against` another checkout
// that is built, which is measured in the same run. How it is measured and what it was: docs/performance.md.

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { describeRange, type Each, type Line, type Range, table } from './figures.ts';
import { type Heart, type Hearts, heart, hearts } from './heart.ts';
import { type Latency, latency, MINIMAL } from './latency.ts';
import { BARE, type Load, load, start } from './load.ts';
import { revisionOf, sidesOf, versionOf } from './side.ts';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    against: { type: 'string' },
    samples: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '30' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: 'latency,load,start,heart' },
    json: { type: 'string' },
  },
});
const asked = new Set(values.only.split(','));
const sides = await sidesOf(values.node, values.against);
const runs = Number(values.runs);

const figures = {
  node: await versionOf(values.node),
  cores: cpus().length,
  builds: Object.fromEntries(
    await Promise.all(sides.map(async (side) => [side.name, await revisionOf(side)] as const)),
  ),
  pty: await measured('latency', () => latency('pty', sides, Number(values.samples))),
  tcp: await measured('latency', () => latency('tcp', sides, Number(values.samples))),
  load: await measured('load', () => load(sides, Number(values.seconds))),
  start: await measured('start', () => start(sides, runs)),
  hearts: await measured('heart', () => hearts(sides, runs)),
  heart: await measured('heart', () => heart([1, 3, 100, 1_000])),
};

const builds = Object.entries(figures.builds).map(([name, revision]) => `${name} ${revision}`);
console.log(`Node.js ${figures.node}, ${figures.cores} cores; ${builds.join(', ')}\n`);
console.log(
  table(
    [...sides.map(({ name }) => name), MINIMAL, BARE],
    [
      ...ofLatency('serial line (pty)', figures.pty),
      ...ofLatency('TCP', figures.tcp),
      ...ofLoad(figures.load),
      ...ofStart(figures.start),
      ...ofHearts(figures.hearts),
      ...ofHeart(figures.heart),
    ],
  ),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);

async function measured<T>(part: string, measure: () => T | Promise<T>): Promise<T | undefined> {
  return asked.has(part) ? measure() : undefined;
}

function ofLatency(link: string, found: Latency | undefined): Line[] {
  if (!found) return [];
  const budgets = { p50: '≤ 2 ms', p90: '', p99: '≤ 10 ms', max: '' };
  return [
    ...(['p50', 'p90', 'p99', 'max'] as const).map((part) => ({
      what: `${link}: last byte to subscriber, ${part}`,
      figures: shown(found.took, (spread) => `${spread[part]} ms`),
      budget: budgets[part],
    })),
    { what: `${link}: median to that of the minimal reader`, figures: shown(found.ratio, String), budget: '≤ 1.25' },
  ];
}

function ofLoad(found: Load | undefined): Line[] {
  if (!found) return [];
  const MB = (figure: number) => `${figure} MB`;
  return [
    {
      what: 'CPU, three chargers, rate limit 0, of a core',
      figures: shown(found.cpuPercent, (one) => describeRange(one, '%')),
      budget: '≤ 0.7 %',
    },
    { what: 'CPU for a frame heard or said', figures: shown(found.cpuPerFrameMs, (one) => `${one} ms`) },
    { what: 'Wake-ups of all threads a second', figures: shown(found.wakeUpsPerSecond, String) },
    { what: 'Resident memory without a charger', figures: shown(found.idleMB, MB) },
    {
      what: 'Resident memory with three',
      figures: shown(found.loadMB, MB),
      budget: '≤ 58 MB on Node.js 24, ≤ 55 MB on 20',
    },
  ];
}

function ofStart(found: Each<Range> | undefined): Line[] {
  if (!found) return [];
  const figures = shown(found, (one) => describeRange(one, 'ms'));
  return [{ what: 'Start to first discovery payload', figures, budget: '≤ 300 ms' }];
}

function ofHearts(found: Hearts | undefined): Line[] {
  if (!found) return [];
  const figures = shown(found, (one) => describeRange(one, 'frames/s'));
  return [{ what: 'The heart alone, three chargers, in turns', figures }];
}

function ofHeart(found: Heart | undefined): Line[] {
  if (!found) return [];
  return found.fleets.map(({ chargers, cpuPercent, perChargerUs, perBusKB }) => {
    const memory = Number.isNaN(perBusKB) ? '' : `, ${perBusKB} kB a bus`;
    const text = `${cpuPercent} % of a core, ${perChargerUs} µs a charger and second${memory}`;
    const what = `The heart alone, ${chargers} ${chargers === 1 ? 'charger' : 'chargers'}`;
    return { what, figures: { [sides[0]?.name ?? '']: text } };
  });
}

function shown<T>(figures: Each<T>, show: (figure: T) => string): Each<string> {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, show(figure)]));
}
