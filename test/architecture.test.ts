// Who may import what (the folders tell the story only while they keep to it), and where the world may be touched.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Rooms from the lowest to the highest: what stands in one may import from its own room and from those before it. */
const floors: readonly (readonly string[])[] = [
  ['schema.ts'],
  ['protocol', 'io'],
  ['charger', 'simulator'],
  ['control', 'session'],
  ['bus'],
  ['topics'],
  ['home-assistant'],
  ['mqtt.ts', 'step.ts', 'bridge-settings.ts'],
  ['bridge.ts', 'config'],
  ['state', 'version.ts', 'open-bus.ts', 'heap.ts'],
  ['settings.ts'],
  ['capture'],
  ['page/web'],
  ['page'],
  ['perform.ts'],
  ['connections.ts'],
  ['app.ts'],
  ['commands'],
  ['main.ts'],
  ['start.ts'],
];

/** By room: the rooms and files of ours that it may import where that is less than all below, and its packages. */
interface Rule {
  readonly ours?: readonly string[];
  readonly packages: readonly string[];
}

const rules: Readonly<Record<string, Rule>> = {
  // What anything from outside may be; it knows nothing of ours.
  'schema.ts': { ours: [], packages: [] },
  protocol: { packages: [] },
  // It touches the world and knows nothing of ours.
  io: { ours: [], packages: ['mqtt', 'serialport', 'aedes', 'luxon', 'node:*'] },
  charger: { ours: ['schema.ts', 'protocol'], packages: ['luxon'] },
  simulator: { ours: ['protocol'], packages: [] },
  control: { ours: ['schema.ts', 'protocol', 'charger'], packages: [] },
  session: { ours: ['schema.ts', 'protocol', 'charger'], packages: ['luxon'] },
  bus: { ours: ['protocol', 'charger', 'control'], packages: [] },
  topics: { ours: ['protocol', 'charger', 'control', 'session', 'bus/finding.ts', 'bus/statistics.ts'], packages: [] },
  'home-assistant': { ours: ['protocol', 'charger', 'control', 'topics'], packages: [] },
  'mqtt.ts': { ours: ['charger', 'bus/finding.ts', 'topics', 'home-assistant'], packages: [] },
  'bridge-settings.ts': { ours: ['charger', 'control', 'session', 'bus', 'topics', 'home-assistant'], packages: [] },
  'step.ts': { ours: ['charger', 'control', 'session', 'bus/finding.ts', 'topics'], packages: [] },
  'bridge.ts': {
    ours: [
      'protocol',
      'charger',
      'control',
      'session',
      'bus',
      'topics',
      'home-assistant',
      'mqtt.ts',
      'step.ts',
      'bridge-settings.ts',
    ],
    packages: [],
  },
  config: { ours: ['schema.ts', 'protocol', 'charger', 'topics', 'io'], packages: ['yaml', 'leven', 'node:*'] },
  state: { packages: ['node:*'] },
  'version.ts': { ours: ['../package.json'], packages: [] },
  'open-bus.ts': { ours: ['io', 'simulator'], packages: [] },
  'settings.ts': { packages: [] },
  capture: { packages: ['luxon', 'node:*'] },
  // What runs in a browser takes from the bridge only what is true there too.
  'page/web': { ours: ['page', 'control/limits.ts'], packages: ['uplot'] },
  page: { packages: ['node:*'] },
  'perform.ts': { packages: [] },
  'connections.ts': { packages: [] },
  'app.ts': { packages: ['node:*'] },
  commands: { packages: ['node:*', 'serialport', 'luxon', 'yaml'] },
  'main.ts': { packages: ['node:*'] },
  // What it imports is loaded before the settings of the engine are made.
  'start.ts': { ours: ['heap.ts', 'main.ts'], packages: [] },
  'heap.ts': { ours: [], packages: ['node:v8'] },
};

interface Import {
  /** A path below src, or a package. */
  readonly from: string;
  readonly ours: boolean;
}

const worldly = [
  'io',
  'app.ts',
  'connections.ts',
  'main.ts',
  'commands',
  'capture/file.ts',
  'capture/library.ts',
  'state/restore.ts',
  'page/page.ts',
  'page/server.ts',
  'page/session-history.ts',
  'page/streams.ts',
  'page/web',
];
const world =
  /(?<![.\w$])(Date|setTimeout|setInterval|setImmediate|queueMicrotask|clearTimeout|process|Buffer|console|performance|fetch|globalThis)\b(?!\s*\??:)/g;
const MOST_LINES = 250;

const files = readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => ({ path, source: readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8') }));

test('there are files to look at', () => {
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['bridge.ts', 'protocol/codec.ts']));
});

describe.each(files)('$path', ({ path, source }) => {
  test('imports only what its folder may', () => {
    expect(wrongImports(path, source)).toEqual([]);
  });

  test('leaves the world to those who may touch it', () => {
    expect(worldTouched(path, source)).toEqual([]);
  });

  test(`has at most ${MOST_LINES} lines`, () => {
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(MOST_LINES);
  });
});

test('no circle of imports, types counted', () => {
  expect(circles(files)).toEqual([]);
});

test('a planted circle is found, over types too', () => {
  const planted = [
    { path: 'charger/a.ts', source: "import type { B } from './b.ts';" },
    { path: 'charger/b.ts', source: "import { c } from './c.ts';" },
    { path: 'charger/c.ts', source: "import type { A } from './a.ts';" },
    { path: 'charger/d.ts', source: "import { a } from './a.ts';" },
  ];
  expect(circles(planted)).toEqual([['charger/a.ts', 'charger/b.ts', 'charger/c.ts']]);
});

test('every room stands on one floor and has a rule', () => {
  expect([...floors.flat()].sort()).toEqual(Object.keys(rules).sort());
});

/** Facts that have one address: what a file that mentions them elsewhere gets wrong, and who may. */
const facts: Readonly<Record<string, { readonly mention: RegExp; readonly homes: readonly string[] }>> = {
  'state codes': {
    mention: /\bstate(?:\.code)? ?[!=]==? ?\d+|\bstates\[\d+\]/,
    homes: ['protocol/states.ts'],
  },
  'the topic prefix': {
    mention: /\btopicPrefix\b/,
    homes: [
      'mqtt.ts',
      'bridge-settings.ts',
      'settings.ts',
      'connections.ts',
      'config',
      'home-assistant',
      'topics/other-bridges.ts',
      'page/page.ts',
      'page/settings.ts',
      'capture',
      'commands',
    ],
  },
  'how a port is written': {
    mention: /(?:startsWith|test|replace|match)\([^)]*(?:tcp:|socket:|rfc2217:|\/dev\/)|['"`](?:socket|rfc2217):\/\//,
    homes: ['config/port.ts', 'config/twcmanager.ts'],
  },
};

describe.each(Object.entries(facts))('%s', (_, { mention, homes }) => {
  test.each(files)('have their place, which is not $path', ({ path, source }) => {
    expect(strayMentions(path, source, mention, homes)).toEqual([]);
  });
});

test.each([
  ['state codes', 'charger/plug.ts', 'if (heartbeat.state === 3) return true;'],
  ['state codes', 'page/web/model.ts', 'const text = states[4].text;'],
  ['the topic prefix', 'topics/values.ts', 'const topic = join(settings.topicPrefix, name);'],
  ['the topic prefix', 'charger/charger.ts', 'readonly topicPrefix: string;'],
  ['how a port is written', 'io/open-link.ts', "if (port.startsWith('tcp://')) return openTcp(port);"],
  ['how a port is written', 'app.ts', "const other = 'socket://';"],
])('%s in %s are found where they do not belong', (fact, path, source) => {
  const { mention, homes } = facts[fact] ?? { mention: /^$/, homes: [] };
  expect(strayMentions(path, source, mention, homes)).toHaveLength(1);
});

describe('a planted violation is found', () => {
  test.each([
    ['protocol/codec.ts', "import { nextOffer } from '../control/allocation.ts';", ['control/allocation.ts']],
    ['protocol/codec.ts', "import type { Charger } from '../charger/charger.ts';", ['charger/charger.ts']],
    ['protocol/codec.ts', "import { connect } from 'node:net';", ['node:net']],
    ['charger/vin.ts', "import { DateTime } from 'luxon';\nimport mqtt from 'mqtt';", ['mqtt']],
    ['control/allocation.ts', "export { x } from '../bus/master.ts';", ['bus/master.ts']],
    ['bus/master.ts', "const later = await import('../io/link.ts');", ['io/link.ts']],
    ['topics/values.ts', "import { Bus } from '../bus/bus.ts';", ['bus/bus.ts']],
    ['home-assistant/payloads.ts', "import { options } from '../config/options.ts';", ['config/options.ts']],
    ['simulator/slave.ts', "import { vin } from '../charger/vin.ts';", ['charger/vin.ts']],
    ['io/serial.ts', "import type { Frame } from '../protocol/codec.ts';", ['protocol/codec.ts']],
    ['io/serial.ts', "import '../protocol/codec.ts';", ['protocol/codec.ts']],
    ['capture/replay.ts', "import type { Page } from '../page/page.ts';", ['page/page.ts']],
    ['page/page.ts', "import { run } from '../app.ts';", ['app.ts']],
    ['page/web/page.ts', "import { createServer } from 'node:http';", ['node:http']],
    ['bridge.ts', "import {\n  openLog,\n} from './io/log.ts';", ['io/log.ts']],
    ['elsewhere/new.ts', "import { decode } from '../protocol/codec.ts';", ['protocol/codec.ts']],
  ])('in %s: %s', (path, source, found) => {
    expect(wrongImports(path, source)).toEqual(found);
  });

  test.each([
    ['charger/charger.ts', 'const now = Date.now();', ['Date']],
    ['bus/master.ts', 'setTimeout(() => speak(), 5);', ['setTimeout']],
    ['topics/values.ts', `return \`\${process.pid}\`;`, ['process']],
    ['protocol/codec.ts', 'type Bytes = Buffer; console.log(1);', ['Buffer', 'console']],
    ['bridge.ts', 'const text = "it\'s"; performance.now();', ['performance']],
    ['config/load.ts', 'const url = /[/"]/; process.exit(1);', ['process']],
    ['page/samples.ts', 'const at = Date.now();', ['Date']],
  ])('in %s: %s', (path, source, found) => {
    expect(worldTouched(path, source)).toEqual(found);
  });
});

describe('what is allowed is not a violation', () => {
  test.each([
    ['protocol/codec.ts', "import { twcId } from './field.ts';"],
    ['topics/values.ts', "import type { TwcId } from '../protocol/field.ts';"],
    ['home-assistant/payloads.ts', "import { chargerTopics } from '../topics/charger-topics.ts';"],
    ['open-bus.ts', "import { createSimulatedBus } from './simulator/bus.ts';"],
    ['app.ts', "import { open } from './io/link.ts';\nimport { connect } from 'node:net';"],
    ['page/page.ts', "import type { Publication } from '../topics/publisher.ts';"],
    ['page/web/page.ts', "import type { Line } from '../bus-log.ts';\nimport { chart } from './chart.ts';"],
    ['charger/vin.ts', "// import { open } from '../io/link.ts';"],
  ])('in %s: %s', (path, source) => {
    expect(wrongImports(path, source)).toEqual([]);
  });

  test.each([
    ['charger/charger.ts', '// When this process came to know it.\nconst text = "performance";'],
    ['charger/charger.ts', 'message.process(); const row = { Date: 1 };'],
    ['io/log.ts', 'process.stdout.write(String(Date.now()));'],
    ['page/web/stream.ts', 'setTimeout(connect, 1_000);'],
  ])('in %s: %s', (path, source) => {
    expect(worldTouched(path, source)).toEqual([]);
  });
});

function strayMentions(path: string, source: string, mention: RegExp, homes: readonly string[]): string[] {
  if (homes.some((home) => home === path || home === placeOf(path))) return [];
  const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return code.split('\n').filter((line) => mention.test(line));
}

function wrongImports(path: string, source: string): string[] {
  const place = placeOf(path);
  return importsOf(path, source)
    .filter((one) => !(one.ours && placeOf(one.from) === place) && !allowed(one, place))
    .map(({ from }) => from);
}

function allowed({ from, ours }: Import, place: string): boolean {
  const rule = rules[place] ?? { ours: [], packages: [] };
  if (!ours) return rule.packages.some((name) => name === from || (name === 'node:*' && from.startsWith('node:')));
  if (rule.ours) return rule.ours.some((name) => name === from || name === placeOf(from));
  return floorOf(placeOf(from)) < floorOf(place);
}

/** Higher rooms have greater numbers; a place that is in no room is above all. */
function floorOf(place: string): number {
  const floor = floors.findIndex((rooms) => rooms.includes(place));
  return floor < 0 ? floors.length : floor;
}

function importsOf(path: string, source: string): Import[] {
  const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const statements = code.matchAll(
    /^(?:import\s+(?:[^'"=;]*?\s+from\s+)?|export\s+(?:type\s+)?(?:\*[^'"=;]*?|\{[^}]*\})\s+from\s+)'([^']+)'|\bimport\(\s*'([^']+)'/gm,
  );
  return [...statements].map(([, from = '', later]) => {
    const target = later ?? from;
    const ours = target.startsWith('.');
    return { from: ours ? normalize(join(dirname(path), target)) : target, ours };
  });
}

/** The files that import each other in a circle, a sorted list for each circle. */
function circles(all: readonly { readonly path: string; readonly source: string }[]): string[][] {
  const imports = new Map(all.map(({ path, source }) => [path, importsOf(path, source).map(({ from }) => from)]));
  const reachable = (start: string) => {
    const seen = new Set<string>();
    const open = [...(imports.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return seen;
  };
  const reach = new Map([...imports.keys()].map((path) => [path, reachable(path)]));
  const found = new Map<string, string[]>();
  for (const [path, others] of reach) {
    if (!others.has(path)) continue;
    const circle = [path, ...others].filter((other) => others.has(other) && reach.get(other)?.has(path));
    const members = [...new Set(circle)].sort();
    found.set(members.join(), members);
  }
  return [...found.values()];
}

function worldTouched(path: string, source: string): string[] {
  if (worldly.includes(path) || worldly.includes(placeOf(path))) return [];
  return [...codeOnly(source).matchAll(world)].map(([name]) => name);
}

/** Without comments, strings and regular expressions; of templates the expressions remain. */
function codeOnly(source: string): string {
  const literal =
    /\/\*.*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?{};]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/gs;
  return source.replace(literal, (found) =>
    found.startsWith('`') ? [...found.matchAll(/\$\{([^}]*)/g)].map(([, expression]) => expression).join(';') : '""',
  );
}

/** The folder below src that has rules, or the file that is in none. */
function placeOf(path: string): string {
  const [folder = path, inner] = path.split('/');
  return `${folder}/${inner}` in rules ? `${folder}/${inner}` : folder;
}
