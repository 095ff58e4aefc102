// npm run soak [-- --hours 24 --minutes 5 --json FILE]: whether anything grows. A day of the heart in simulated time, then
// the built bridge for some minutes with a broker that stalls. Exit code 1 when something does.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { round, table } from '../bench/figures.ts';
import { day } from './day.ts';
import { run } from './process.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    minutes: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});

/** One number kept of every heartbeat would be several times as much. */
const MOST_HEAP_SLOPE_KB = 100;
/** What a heap needs between two collections; a queue of everything that was not acknowledged would be several times it. */
const MOST_GROWTH_MB = 5;
/** Far more than on a usual bus: with 17 times its traffic more waits to be collected. */
const MOST_MB = 85;

const figures = { day: day(Number(values.hours)), process: await run(Number(values.minutes)) };
const { day: heart, process: bridge } = figures;
const [first, last] = bridge.descriptors;

const lines: (readonly [what: string, figure: string, bound?: string])[] = [
  [`The heart, ${heart.hours} h: frames said, values published`, `${heart.frames}, ${heart.published}`],
  ['Its heap grows', `${round(heart.heapSlopeKB, 1)} kB/h`, `≤ ${MOST_HEAP_SLOPE_KB} kB/h`],
  [`The bridge, ${bridge.minutes} min: heartbeats, links`, `${bridge.heartbeats}, ${bridge.links}`],
  ['Its resident memory', `${round(bridge.mostMB, 1)} MB at most`, `≤ ${MOST_MB} MB`],
  [
    'Its resident memory grows',
    `${round(bridge.growthMB, 2)} MB in this time (${round(bridge.slopeMBPerHour, 1)} MB/h)`,
    `≤ ${MOST_GROWTH_MB} MB`,
  ],
  ['Its descriptors, at first and at last', `${first}, ${last}`, 'the same'],
];
console.log(
  table(
    ['Figure'],
    lines.map(([what, figure, budget = '']) => ({ what, figures: { Figure: figure }, budget })),
  ),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);

const grows = [
  heart.heapSlopeKB > MOST_HEAP_SLOPE_KB,
  bridge.mostMB > MOST_MB,
  bridge.growthMB > MOST_GROWTH_MB,
  first !== last,
];
if (grows.includes(true)) {
  console.log('something grows');
  process.exitCode = 1;
}
