// npm run bench:fleet [-- --bridges 100 --sites 10000 --seconds 30 --away 10 --cluster --json FILE]: what a fleet costs on one
// machine with one broker, and how soon everything is current again after the broker was away. First real bridges with a charger
// each, then what they publish, replayed for many more sites; with --cluster against three nodes of RabbitMQ, one of which is
// killed. How it is measured and what it was: docs/performance.md.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startMosquitto } from '../../test/system/mosquitto.ts';
import { createRabbitMq } from '../../test/system/rabbitmq.ts';
import { type Line, table } from './figures.ts';
import { type Bridges, bridges } from './fleet-bridges.ts';
import { type Replay, replay } from './fleet-replay.ts';

const { values } = parseArgs({
  options: {
    bridges: { type: 'string', default: '100' },
    sites: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '30' },
    away: { type: 'string', default: '10' },
    cluster: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
/** The head of the only column. */
const MACHINE = 'Figure';
const seconds = Number(values.seconds);
const away = Number(values.away);

const real = await bridges({ count: Number(values.bridges), seconds, away });
console.log(table([MACHINE], ofBridges(real)));
const replayed = await (values.cluster ? onCluster() : onMosquitto());
console.log(`\n${table([MACHINE], ofReplay(replayed))}`);
const figures = { node: process.version, bridges: { ...real, topics: real.topics.size }, replay: replayed };
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);
// Thousands of connections are still open.
process.exit(0);

function settings() {
  return { sites: Number(values.sites), seconds, topics: real.topics, perSecond: real.messagesPerSecond / real.count };
}

async function onMosquitto(): Promise<Replay> {
  await using broker = await startMosquitto({ quiet: true });
  return await replay([broker.url], settings(), {
    pids: () => [broker.pid],
    fail: () => broker.stop('SIGKILL'),
    away,
    comeBack: () => broker.restart(),
  });
}

async function onCluster(): Promise<Replay> {
  await using cluster = await createRabbitMq(3);
  await cluster.start();
  return await replay(
    cluster.nodes.map(({ url }) => url),
    settings(),
    {
      pids: () => cluster.nodes.map(({ pid }) => pid),
      fail: async () => cluster.nodes[0]?.kill(),
      // The others are there.
      away: 0,
      comeBack: async () => {},
    },
  );
}

function line(what: string, figure: string): Line {
  return { what, figures: { [MACHINE]: figure } };
}

function ofBridges(found: Bridges): Line[] {
  const { first, median, last } = found.current;
  return [
    line(
      `${found.count} bridges started one after the other, until every charger is online`,
      `${found.startSeconds} s`,
    ),
    line('Memory a bridge, its share (PSS)', `${found.pssMB} MB`),
    line('Memory a bridge, resident (RSS)', `${found.rssMB} MB`),
    line('CPU a bridge', `${found.cpuPercent} % of a core`),
    line('CPU of the broker', `${found.brokerCpuPercent} % of a core`),
    line('Messages', `${found.messagesPerSecond} a second`),
    line('Topics', `${found.topicCount}`),
    line(`Broker back after ${away} s, until the first bridge is current`, `${first} s`),
    line('… half of them', `${median} s`),
    line('… all of them', `${last} s`),
  ];
}

function ofReplay(found: Replay): Line[] {
  return [
    line(
      `${found.sites} sites connect and publish ${found.topicsASite} topics each, until all are taken`,
      `${found.allSeconds} s`,
    ),
    line('… taken', `${found.takenPerSecond} a second`),
    line('Then each publishes as a bridge does: sent', `${found.sentPerSecond} a second`),
    line('… taken after, p50', `${found.ack.p50} ms`),
    line('… taken after, p99', `${found.ack.p99} ms`),
    line('CPU of the broker meanwhile', `${found.brokerCpuPercent} % of a core`),
    line('Memory of the broker', `${found.brokerMB} MB`),
    line('The broker, or a node, is killed: sites that lost their connection', `${found.cut}`),
    line(`Back after ${found.away} s, until all topics of half of these are taken again`, `${found.current.median} s`),
    line('… of all of these', `${found.current.last} s`),
  ];
}
