// Who may import what (the folders tell the story only while they keep to it), and where the world may be touched.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Rule {
  /** Folders or files of ours, `*` for all. */
  readonly ours: readonly string[];
  /** Of these, types only. */
  readonly types?: readonly string[];
  readonly packages: readonly string[];
}

interface Import {
  /** A path below src, or a package. */
  readonly from: string;
  readonly ours: boolean;
  readonly typesOnly: boolean;
}

/** By folder, by a folder within, or by file where it is in none. What is in the same place may always be imported. */
const rules: Readonly<Record<string, Rule>> = {
  protocol: { ours: [], packages: [] },
  charger: { ours: ['protocol'], packages: ['luxon'] },
  bus: { ours: ['protocol', 'charger'], packages: [] },
  topics: { ours: ['charger', 'protocol/field.ts', 'bus/finding.ts'], types: ['protocol'], packages: [] },
  'home-assistant': {
    ours: ['charger', 'topics/catalogue.ts', 'topics/bridge-catalogue.ts'],
    types: ['protocol', 'topics'],
    packages: [],
  },
  simulator: { ours: ['protocol'], packages: [] },
  io: { ours: [], types: ['*'], packages: ['mqtt', 'mqtt-packet', 'serialport', 'aedes', 'luxon', 'node:*'] },
  page: {
    ours: [
      'protocol',
      'charger/session-record.ts',
      'charger/state-text.ts',
      'topics/catalogue.ts',
      'topics/bridge-catalogue.ts',
    ],
    types: ['*'],
    packages: ['node:*'],
  },
  // What runs in a browser: of the bridge it takes only what is true there too.
  'page/web': { ours: ['topics/requests.ts'], types: ['page'], packages: [] },
  'audience.ts': { ours: ['charger', 'topics', 'home-assistant'], packages: [] },
  'bridge.ts': {
    ours: ['protocol', 'charger', 'bus', 'topics', 'home-assistant', 'simulator', 'audience.ts'],
    packages: [],
  },
  capture: { ours: ['protocol', 'config', 'bridge.ts'], packages: ['luxon'] },
  config: { ours: ['*'], packages: ['yaml', 'leven', 'node:*'] },
  'app.ts': { ours: ['*'], packages: ['node:*'] },
  'stand-ins.ts': { ours: ['io', 'simulator'], packages: [] },
  'main.ts': { ours: ['*'], packages: ['node:*'] },
  'heap.ts': { ours: [], packages: ['node:v8'] },
  // What only the command line has.
  commands: { ours: ['*'], packages: ['node:*', 'serialport', 'luxon'] },
};

const worldly = [
  'io',
  'app.ts',
  'main.ts',
  'commands',
  'page/page.ts',
  'page/server.ts',
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

describe('a planted violation is found', () => {
  test.each([
    ['protocol/codec.ts', "import { offer } from '../charger/share.ts';", ['charger/share.ts']],
    ['protocol/codec.ts', "import type { Charger } from '../charger/charger.ts';", ['charger/charger.ts']],
    ['protocol/codec.ts', "import { connect } from 'node:net';", ['node:net']],
    ['charger/share.ts', "import { DateTime } from 'luxon';\nimport mqtt from 'mqtt';", ['mqtt']],
    ['charger/share.ts', "export { x } from '../bus/master.ts';", ['bus/master.ts']],
    ['bus/master.ts', "const later = await import('../io/link.ts');", ['io/link.ts']],
    ['topics/values.ts', "import { decode } from '../protocol/codec.ts';", ['protocol/codec.ts']],
    ['home-assistant/discovery.ts', "import { options } from '../config/options.ts';", ['config/options.ts']],
    [
      'home-assistant/discovery.ts',
      "import { createPublisher } from '../topics/publisher.ts';",
      ['topics/publisher.ts'],
    ],
    ['simulator/slave.ts', "import { vin } from '../charger/vin.ts';", ['charger/vin.ts']],
    ['io/serial.ts', "import { type Frame, decode } from '../protocol/codec.ts';", ['protocol/codec.ts']],
    ['io/serial.ts', "import '../protocol/codec.ts';", ['protocol/codec.ts']],
    ['page/bus-log.ts', "import { heard } from '../charger/charger.ts';", ['charger/charger.ts']],
    ['page/page.ts', "import { draw } from './web/chart.ts';", ['page/web/chart.ts']],
    ['page/web/page.ts', "import { createHistory } from '../history.ts';", ['page/history.ts']],
    ['page/web/page.ts', "import { createServer } from 'node:http';", ['node:http']],
    ['bridge.ts', "import {\n  createLog,\n} from './io/log.ts';", ['io/log.ts']],
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
    ['page/history.ts', 'const at = Date.now();', ['Date']],
  ])('in %s: %s', (path, source, found) => {
    expect(worldTouched(path, source)).toEqual(found);
  });
});

describe('what is allowed is not a violation', () => {
  test.each([
    ['protocol/codec.ts', "import { twcId } from './field.ts';"],
    ['topics/values.ts', "import type { TwcId } from '../protocol/field.ts';"],
    ['home-assistant/discovery.ts', "import { type TwcId } from '../protocol/field.ts';"],
    ['home-assistant/discovery.ts', "import { chargerTopics } from '../topics/catalogue.ts';"],
    ['io/simulated.ts', "import type { Bus } from '../simulator/bus.ts';\nimport { connect } from 'node:net';"],
    ['app.ts', "import { open } from './io/link.ts';"],
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

function wrongImports(path: string, source: string): string[] {
  const place = placeOf(path);
  const rule = rules[place] ?? { ours: [], packages: [] };
  return importsOf(path, source)
    .filter((one) => !(one.ours && placeOf(one.from) === place) && !allowed(one, rule))
    .map(({ from }) => from);
}

function allowed({ from, ours, typesOnly }: Import, rule: Rule): boolean {
  if (!ours) return rule.packages.some((name) => name === from || (name === 'node:*' && from.startsWith('node:')));
  const names = typesOnly ? [...rule.ours, ...(rule.types ?? [])] : rule.ours;
  return names.some((name) => name === '*' || name === from || name === placeOf(from));
}

function importsOf(path: string, source: string): Import[] {
  const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const statements = code.matchAll(
    /^(?:import\s+(?:([^'"=;]*?)\s+from\s+)?|export\s+((?:type\s+)?(?:\*[^'"=;]*?|\{[^}]*\}))\s+from\s+)'([^']+)'|\bimport\(\s*'([^']+)'/gm,
  );
  return [...statements].map(([, imported, exported, from = '', later]) => {
    const target = later ?? from;
    const ours = target.startsWith('.');
    const names = (imported ?? exported ?? '').trim();
    return { from: ours ? normalize(join(dirname(path), target)) : target, ours, typesOnly: isTypesOnly(names) };
  });
}

function isTypesOnly(names: string): boolean {
  const inBraces = /^\{(.*)\}$/s.exec(names)?.[1]?.split(',');
  return names.startsWith('type ') || (inBraces?.every((name) => /^\s*(type\s|$)/.test(name)) ?? false);
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
