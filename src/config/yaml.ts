// The settings in a YAML file, each with its line, and in words what is wrong with how they are written.

import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import { shown } from '../schema.ts';
import { ConfigError } from './accepted.ts';
import { type Option, options } from './options.ts';
import { nearest } from './suggest.ts';

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
const MOST_BROKEN = 3;

/** `file` is its name in problems. Throws a ConfigError when there are no settings to be found in it. */
export function readYaml(source: string, file: string): YamlSettings {
  const lines = new LineCounter();
  // The library would compare each name with all others.
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: false });
  const lineOf = (offset = 0) => lines.linePos(offset).line;
  const place = (offset?: number) => `${file}:${lineOf(offset)}`;
  const broken = document.errors.map(({ pos, code }) => `${place(pos[0])}: not valid YAML: ${brokenYaml[code]}`);
  if (broken.length > 0) throw new ConfigError([...new Set(broken)].slice(0, MOST_BROKEN));
  const root = document.contents;
  if (root !== null && !isMap(root)) {
    throw new ConfigError([`${place()}: expected settings such as "interface:", got ${kindOf(root)}`]);
  }
  const problems: string[] = [];
  const complain: Complain = (offset, text) => void problems.push(`${place(offset)}: ${text}`);
  visit(document, { Alias: (_, alias) => complain(offsetOf(alias), 'put a value that begins with * in quotes') });
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
      else this.#unknown.push({ offset, path });
    }
  }

  complainOfUnknown(): void {
    for (const { offset, path } of this.#unknown.slice(0, MOST_UNKNOWN)) this.#complain(offset, unknown(path));
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
    const glued = isScalar(value) ? /^(\w+):\S/.exec(String(value.value))?.[1] : undefined;
    const text =
      glued !== undefined && isKnown(`${path}.${glued}`)
        ? `in "${glued}:…" a space is missing after the colon`
        : `expected settings in the lines below, each with two spaces more before it, got ${kindOf(value)}`;
    this.#complain(offsetOf(key), `${path}: ${text}`);
  }
}

function unknown(path: string): string {
  const meant = nearest(path);
  const [group = '', ...rest] = meant.split('.');
  const isOutside = !path.includes('.') && rest.length > 0;
  const where = isOutside ? ` It stands below "${group}:", with two spaces before it for each level` : '';
  return `${shown(path)}: unknown setting, did you mean ${meant}?${where}`;
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

/** At the begin of a line, where it should be a plain space. */
const ODD_SPACE = /(?<=^[ \t]*)[\u00A0\u2000-\u200B\u202F\u3000]/gm;
const oddSpace = 'a space at the begin of this line is no plain space (copied from a web page?); type the spaces anew';

const special = 'put a value that begins with a special character such as & * ! % @ ` in quotes';
const unclosed = 'a closing quote or bracket is missing, or the space after a colon';

/** By the library's code. Its own words may hold a piece of the file, and that may be a password. */
const brokenYaml = {
  ALIAS_PROPS: special,
  BAD_ALIAS: special,
  BAD_DIRECTIVE: special,
  BAD_PROP_ORDER: special,
  BAD_SCALAR_START: special,
  MULTIPLE_ANCHORS: special,
  MULTIPLE_TAGS: special,
  TAG_RESOLVE_FAILED: special,
  BAD_DQ_ESCAPE: 'between double quotes a \\ begins a special character; use single quotes',
  BAD_INDENT: 'this line does not begin in the same column as the other settings of its group',
  BAD_COLLECTION_TYPE: special,
  BLOCK_AS_IMPLICIT_KEY: 'two colons in one line; put the value in quotes, or begin a new line',
  BLOCK_IN_FLOW: unclosed,
  DUPLICATE_KEY: 'a setting stands twice',
  IMPOSSIBLE: unclosed,
  KEY_OVER_1024_CHARS: 'a name is longer than 1024 characters',
  MISSING_CHAR: unclosed,
  MULTILINE_IMPLICIT_KEY: 'a colon is missing behind a name, or the space after it',
  MULTIPLE_DOCS: 'there is more than one configuration in this file, divided by ---',
  NON_STRING_KEY: 'the name of a setting is no text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab at the begin of the line; use spaces',
  UNEXPECTED_TOKEN:
    'something here is out of place; is a quote or bracket missing, or a line not far enough to the right?',
} as const;
