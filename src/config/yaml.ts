// The settings in a YAML file, each with its line, and in words what is wrong with how they are written.

import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { typedCommand } from '../io/typed-command.ts';
import { shown } from '../schema.ts';
import { ConfigError } from './accepted.ts';
import { brokenLines } from './broken-yaml.ts';
import { type Option, options } from './options.ts';
import { isTwcManager, suggestion } from './suggest.ts';

export interface YamlSettings {
  /** Problems of the file as it is written, with their lines. */
  readonly problems: readonly string[];
  /** Undefined for one that is not there, null for one that is empty. */
  valueAt(path: string): unknown;
  /** The file and the line of a setting, or of the nearest that there is on the way to it. */
  placeOf(path: string): string;
}

type Complain = (offset: number | undefined, text: string) => void;

/** More of a kind say nothing new. */
const MOST_UNKNOWN = 20;
const MOST_PROBLEMS = 50;

/** `file` is its name in problems. Throws a ConfigError when there are no settings to be found in it. */
export function readYaml(source: string, file: string): YamlSettings {
  const lines = new LineCounter();
  // The library would compare each name with all others.
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: false });
  const lineOf = (offset = 0) => lines.linePos(offset).line;
  const place = (offset?: number) => `${file}:${lineOf(offset)}`;
  const broken = brokenLines(document, source, lines);
  if (broken.length > 0) {
    throw new ConfigError(broken.map(({ line, text }) => `${file}:${line}: not valid YAML: ${text}`));
  }
  const root = document.contents;
  if (root !== null && !isMap(root)) {
    throw new ConfigError([`${place()}: expected settings such as "interface:", got ${kindOf(root)}`]);
  }
  const problems: string[] = [];
  const complain: Complain = (offset, text) => {
    if (problems.length < MOST_PROBLEMS) problems.push(`${place(offset)}: ${text}`);
  };
  for (const { offset, sign } of specials(document)) complain(offset, `put a value that begins with ${sign} in quotes`);
  if (problems.length > 0) throw new ConfigError(problems);
  for (const { index } of source.matchAll(ODD_SPACE)) complain(index, oddSpace);
  const seen = new Inspection(source, complain, lineOf);
  if (root) seen.inspect(root, '');
  seen.complainOfUnknown();
  return {
    problems,
    valueAt(path) {
      const way = pairsOn(root, path);
      return way.length < path.split('.').length || seen.commented.has(path) ? undefined : plain(way.at(-1)?.value);
    },
    placeOf: (path) => place(offsetOf(pairsOn(root, path).at(-1)?.key ?? root)),
  };
}

/** Looks for settings that there are not, that stand twice, or that are written so that they say something else. */
class Inspection {
  readonly #source: string;
  readonly #complain: Complain;
  readonly #lineOf: (offset: number | undefined) => number;
  readonly #unknown: { readonly offset: number | undefined; readonly path: string }[] = [];
  /** Settings of which a part was taken for a comment. */
  readonly commented = new Set<string>();

  constructor(source: string, complain: Complain, lineOf: (offset: number | undefined) => number) {
    this.#source = source;
    this.#complain = complain;
    this.#lineOf = lineOf;
  }

  inspect(map: YAMLMap, above: string): void {
    const first = new Map<string, number | undefined>();
    for (const pair of map.items) {
      const path = above + nameOf(pair.key);
      const offset = offsetOf(pair.key);
      if (first.has(path))
        this.#complain(offset, `${path}: stands twice, first in line ${this.#lineOf(first.get(path))}`);
      else first.set(path, offset);
      if (nameOf(pair.key).includes('.')) this.#complain(offset, dotted(path));
      else if (Object.hasOwn(options, path)) this.#inspectSetting(pair, path);
      else if (isGroup(path)) this.#inspectGroup(pair, path);
      // What begins with an odd space is complained of already.
      else if (!/^[\u00A0-\u3000]/.test(nameOf(pair.key))) this.#unknown.push({ offset, path });
    }
  }

  complainOfUnknown(): void {
    for (const { offset, path } of this.#unknown.slice(0, MOST_UNKNOWN)) {
      this.#complain(offset, `${shown(path)}: unknown setting${suggestion(path)}`);
    }
    const [first, ...others] = this.#unknown.filter(({ path }) => isTwcManager(path));
    if (others.length > 0) {
      const command = `${typedCommand()} import FILE`;
      this.#complain(first?.offset, `this is a configuration of TWCManager; "${command}" makes one of ours from it`);
    }
    const more = this.#unknown.slice(MOST_UNKNOWN);
    if (more.length === 0) return;
    this.#complain(more[0]?.offset, `and ${more.length} more unknown settings; is this the right file?`);
  }

  #inspectSetting({ key, value }: Pair, path: string): void {
    const end = endOf(key);
    const rest = this.#source.slice(end, this.#source.indexOf('\n', end) >>> 0);
    const secret = (options as Readonly<Record<string, Option<unknown>>>)[path]?.secret === true;
    const isEmpty = isScalar(value) && value.value === null && /^\s*:\s*#\S/.test(rest);
    const isCut = secret && /^\s*:\s+[^\s'"#].*\s#\S/.test(rest);
    if (!isEmpty && !isCut) return;
    this.commented.add(path);
    const how = `put the whole value in quotes: ${nameOf(key)}: "${isEmpty ? '' : '…'}#…"`;
    this.#complain(offsetOf(key), `${path}: what follows a # is a comment; ${how}`);
  }

  #inspectGroup({ key, value }: Pair, path: string): void {
    if (isMap(value)) this.inspect(value, `${path}.`);
    if (isMap(value) || value === null || (isScalar(value) && value.value === null)) return;
    const written = isScalar(value) ? String(value.value) : '';
    const [, name = '', rest = ''] = /^(\w+)(:?)/.exec(written) ?? [];
    const text = isKnown(`${path}.${name}`)
      ? `in "${name}${rest}…" ${rest === ':' ? 'a space is missing after the colon' : 'a colon and a space are missing after the name'}`
      : `expected its settings (${below(path)}) in the lines below, each with two spaces more before it, got ${kindOf(value)}`;
    this.#complain(offsetOf(key), `${path}: ${text}`);
  }
}

/** The names that stand below a group. */
function below(path: string): string {
  const inside = Object.keys(options).filter((known) => known.startsWith(`${path}.`));
  return [...new Set(inside.map((known) => known.slice(path.length + 1).split('.')[0]))].join(', ');
}

/** Values that begin with a sign that is special in YAML, and so say something else. */
function specials(document: Document): { readonly offset: number | undefined; readonly sign: string }[] {
  const found: { readonly offset: number | undefined; readonly sign: string }[] = [];
  visit(document, {
    Alias: (_, node) => void found.push({ offset: offsetOf(node), sign: '*' }),
    Scalar: (_, node) => {
      if (node.anchor !== undefined) found.push({ offset: offsetOf(node), sign: '&' });
      else if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org'))
        found.push({ offset: offsetOf(node), sign: '!' });
    },
  });
  return found;
}

function dotted(path: string): string {
  const [group = '', ...rest] = path.split('.');
  const below = `below it "${shown(rest.join('.'))}:" with two spaces before it`;
  return `${shown(path)}: expected a line for each part: "${shown(group)}:" and ${below}`;
}

function isGroup(path: string): boolean {
  return Object.keys(options).some((known) => known.startsWith(`${path}.`));
}

function isKnown(path: string): boolean {
  return Object.hasOwn(options, path) || isGroup(path);
}

/** What a value is, without telling it: it may be a password. */
function kindOf(node: unknown): string {
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'settings';
  return typeof node.value === 'string' ? 'text' : `a ${typeof node.value}`;
}

/** The entries on the way to a path, as far as there are any. */
function pairsOn(root: unknown, path: string): Pair[] {
  const way: Pair[] = [];
  let node = root;
  for (const name of path.split('.')) {
    const pair: Pair | undefined = isMap(node) ? node.items.find(({ key }) => nameOf(key) === name) : undefined;
    if (!pair) break;
    way.push(pair);
    node = pair.value;
  }
  return way;
}

function plain(node: unknown): unknown {
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [nameOf(key), plain(value)]));
  if (isSeq(node)) return node.items.map(plain);
  return isScalar(node) ? node.value : null;
}

/** A name as it is written: the id 1E10 is no number. */
function nameOf(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function offsetOf(node: unknown): number | undefined {
  return rangeOf(node)[0];
}

function endOf(node: unknown): number {
  return rangeOf(node)[1] ?? 0;
}

function rangeOf(node: unknown): readonly number[] {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) ? range.map(Number) : [];
}

/** At the beginning of a line, where a plain space should be. */
const ODD_SPACE = /(?<=^[ \t]*)[\u00A0\u2000-\u200B\u202F\u3000]/gm;
const oddSpace =
  'a space at the beginning of this line is not a plain space (copied from a web page?); type the spaces again';
