// Reads the configuration: all problems at once, each with its place, what was expected and what came.

import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import leven from 'leven';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml';
import { type Port, SIMULATOR } from '../io/link.ts';
import { type Problem, parse } from '../schema.ts';
import { type Config, type Option, type OptionPath, options, simulatedAmps } from './options.ts';

/** A configuration that can not be right; `problems` has a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What is read where no file is named. Without it there are the defaults: simulated chargers. */
export const USUAL_FILE = 'config.yaml';

/** The configuration of a file. Throws a ConfigError. */
export async function loadConfig(file: string): Promise<Config> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: expected a readable file, got ${String(error)}`]);
  }
  return parseConfig(source, file);
}

/** Where the chargers are remembered: beside the configuration and named for it, so that two bridges do not share it. */
export function statePath(config: Config, file: string): string {
  const name = basename(file).replace(/\.[^.]*$/, '');
  return config['state.path'] || join(dirname(file), `twc2mqtt-${name}.state.json`);
}

/** The configuration of a text; `file` is its name in errors. Throws a ConfigError. */
export function parseConfig(source: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const lineOf = (offset = 0) => `${file}:${lines.linePos(offset).line}`;
  // The library's own words may hold a piece of the file, and that may be a password.
  const broken = document.errors.map(
    ({ pos, code }) => `${lineOf(pos[0])}: not valid YAML: ${describeYamlError(code)}`,
  );
  if (broken.length > 0) throw new ConfigError(broken);
  const problems = aliases(document).map((offset) => `${lineOf(offset)}: expected a value, got an alias of another`);
  if (problems.length > 0) throw new ConfigError(problems);
  const root = document.contents;
  if (root !== null && !isMap(root)) throw new ConfigError([`${lineOf()}: expected a mapping of settings`]);
  if (root) refuseUnknown(root, '', (offset, text) => void problems.push(`${lineOf(offset)}: ${text}`));
  const config = accepted(
    (path) => plain(nodeAt(root, path)),
    (path, text) => void problems.push(`${lineOf(offsetOf(nodeAt(root, path)))}: ${text}`),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/**
 * The values that were found by their paths, defaults for all others. `complain` hears of each that can not be right:
 * where it is, and the problem in words.
 */
export function accepted(
  valueAt: (path: OptionPath) => unknown,
  complain: (at: string, problem: string) => void,
): Config {
  const found: Partial<Record<OptionPath, unknown>> = {};
  for (const [path, option] of Object.entries(options) as [OptionPath, Option<unknown>][]) {
    const value = valueAt(path);
    if (value === undefined || value === null) continue;
    const { value: good, problems } = option.check.read(value);
    for (const problem of problems) {
      const place = [path, ...problem.at].join('.');
      complain(place, describeProblem(place, problem, option.secret === true));
    }
    if (problems.length === 0) found[path] = good;
  }
  // Every found value passed the check of its own row.
  const config = { ...defaults(found['interface.port'] as Port | undefined), ...found } as Config;
  for (const [low, high] of ordered) {
    if (config[low] <= config[high]) continue;
    complain(low in found ? low : high, `${low}: expected at most ${high} (${config[high]}), got ${config[low]}`);
  }
  return config;
}

function describeProblem(place: string, { expected, got }: Problem, secret: boolean): string {
  return `${place}: expected ${expected}, got ${secret ? `a ${typeof got}` : withoutSecrets(JSON.stringify(got))}`;
}

/** Where the file refers to another place in it, which may be nowhere or a circle. */
function aliases(document: Document): (number | undefined)[] {
  const found: (number | undefined)[] = [];
  visit(document, { Alias: (_, alias) => void found.push(offsetOf(alias)) });
  return found;
}

/** The node at a path, or of it what there is: where something is missing, the map that misses it. */
function nodeAt(root: unknown, path: string): unknown {
  return path.split('.').reduce((node, name) => {
    const pair = isMap(node) ? node.items.find(({ key }) => nameOf(key) === name) : undefined;
    return pair?.value;
  }, root);
}

function plain(node: unknown): unknown {
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [nameOf(key), plain(value)]));
  if (isSeq(node)) return node.items.map(plain);
  return isScalar(node) ? node.value : undefined;
}

/** A name as it is written: the id 1E10 is no number. */
function nameOf(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

const ordered = [
  ['config.minAmpsPerTWC', 'config.maxAmpsPerTWC'],
  ['config.minAmpsPerTWC', 'config.maxAmpsForSlaves'],
] as const;

function defaults(port: Port = SIMULATOR): Config {
  const rows = Object.entries(options) as [OptionPath, Option<unknown>][];
  // One default for each row of the table.
  const plain = Object.fromEntries(rows.map(([path, row]) => [path, parse(row.check, row.default)])) as Config;
  return port.type === 'simulator' ? { ...plain, ...simulatedAmps } : plain;
}

function describeYamlError(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

/** A name and password in an address are nobody's business. */
function withoutSecrets(text: string): string {
  return text.replace(/:\/\/.*@/g, '://…@');
}

type Complain = (offset: number | undefined, text: string) => void;

function refuseUnknown(map: YAMLMap, above: string, complain: Complain): void {
  for (const { key, value } of map.items) {
    const path = above + nameOf(key);
    if (String(key).includes('.')) {
      complain(offsetOf(key), `${path}: expected a level of the file for each part, got dots`);
      continue;
    }
    if (Object.hasOwn(options, path)) continue;
    const inside = Object.keys(options).some((known) => known.startsWith(`${path}.`));
    if (inside && (isMap(value) || (isScalar(value) && value.value === null))) {
      if (isMap(value)) refuseUnknown(value, `${path}.`, complain);
    } else if (inside) complain(offsetOf(key), `${path}: expected a mapping of settings, got ${JSON.stringify(value)}`);
    else complain(offsetOf(key), `${path}: unknown setting, did you mean ${nearest(path)}?`);
  }
}

/** The known setting or group that is spelled most like this one. */
function nearest(path: string): string {
  const groups = Object.keys(options).flatMap((known) =>
    known.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.')),
  );
  const names = [...new Set([...Object.keys(options), ...groups])];
  return names.reduce((best, name) => (likeness(path, name) < likeness(path, best) ? name : best));
}

/** The whole path counts, and more so its last part, since people misplace a setting as often as they misspell it. */
function likeness(a: string, b: string): number {
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return leven(a.toLowerCase(), b.toLowerCase()) + 2 * leven(last(a), last(b));
}

function offsetOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? Number(range[0]) : undefined;
}
