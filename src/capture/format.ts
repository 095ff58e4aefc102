// The capture file: what happened on a bus, as JSON lines that a person can read. The first line tells of the bridge,
// each other what happened when, in milliseconds since the capture began. Nothing in it is private but what is on the bus:
//
//   {"capture":1,"version":"0.1.0","startedAt":"…","link":"serial","settings":{…},"chargers":[…],"setPoints":{…},"orders":[…]}
//   {"at":0,"link":"up"}                                          or "down" with a "reason"
//   {"at":1012.4,"said":"C0FCE177777700000000000000000000004FC0"}  what the bridge said, whether or not the device took it
//   {"at":1080.2,"heard":"C0FDE2…C0FC"}                           the bytes of one read, whatever they are
//   {"at":5000,"asked":"1A2B/set/limit","payload":"16"}           a message below the topic prefix; "retained":true if it was
//   {"at":9000,"end":"asked to"}                                  the last line; missing when the program was killed

import { savedCharger } from '../charger/saved.ts';
import { accepted } from '../config/accepted.ts';
import { type Config, type OptionPath, options } from '../config/options.ts';
import { setPoints } from '../control/targets.ts';
import {
  choice,
  isObject,
  list,
  literal,
  number,
  object,
  optional,
  parse,
  type Schema,
  shown,
  text,
  value,
} from '../schema.ts';
import type { SavedState } from '../state/saved-state.ts';

const FORMAT = 1;
/** A capture is bounded by its size long before this. */
const LONGEST = 366 * 24 * 3_600_000;

/** What the heart needs to know to make of the bytes what it made of them then, and what a reader wants to know. */
export interface Header {
  /** Of the program. */
  readonly version: string;
  /** Local time with its offset, ISO 8601. */
  readonly startedAt: string;
  readonly link: 'serial' | 'tcp' | 'simulator';
  readonly config: Config;
  /** What was remembered of chargers and set points when it began. */
  readonly known: Pick<SavedState, 'chargers' | 'setPoints'>;
  /** The orders in force when it began: the last limit that was said to each charger, as bytes of the wire. */
  readonly orders: readonly Uint8Array[];
}

/** What happened: `at` is in milliseconds since the capture began. */
export type Entry = { readonly at: number } & Happening;

export type Happening =
  | { readonly heard: Uint8Array }
  | { readonly said: Uint8Array }
  | { readonly link: 'up' }
  | { readonly link: 'down'; readonly reason: string }
  /** The topic below the prefix. */
  | { readonly asked: string; readonly payload: string; readonly retained?: true }
  | { readonly end: string };

export interface Capture {
  readonly header: Header;
  readonly entries: readonly Entry[];
  /** The last line was cut off, as by a kill. */
  readonly torn: boolean;
}

/** The settings that shape what is understood of the bus; a capture holds no other setting. */
const told = (Object.keys(options) as OptionPath[]).filter(
  (path) => /^(config|control)\./.test(path) || ['interface.mode', 'interface.id', 'chargers'].includes(path),
);

/** The first line. */
export function headerLine({ version, startedAt, link, config, known, orders }: Header): string {
  return JSON.stringify({
    capture: FORMAT,
    version,
    startedAt,
    link,
    settings: Object.fromEntries(told.map((path) => [path, path === 'chargers' ? withoutNames(config) : config[path]])),
    chargers: known.chargers,
    setPoints: known.setPoints,
    orders: orders.map(hex),
  });
}

/** The owner's names of chargers are private and left out. */
function withoutNames({ chargers }: Config): Config['chargers'] {
  return Object.fromEntries(Object.entries(chargers).map(([id, { name: _, ...facts }]) => [id, facts]));
}

export function entryLine(entry: Entry): string {
  const at = Math.round(entry.at * 1_000) / 1_000;
  if ('heard' in entry) return JSON.stringify({ at, heard: hex(entry.heard) });
  if ('said' in entry) return JSON.stringify({ at, said: hex(entry.said) });
  return JSON.stringify({ ...entry, at });
}

/** Throws an Error that says in which line what was expected. */
export function parseCapture(text: string): Capture {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  /** What stands behind the last line break; empty in a file that was written to its end. */
  const rest = lines.pop() ?? '';
  const [first = rest, ...others] = lines;
  const header = inLine(1, () => parseHeader(first));
  const entries: Entry[] = [];
  const add = (line: string, number: number) => {
    const earliest = entries.at(-1)?.at ?? 0;
    entries.push(inLine(number, () => parseEntry(line, earliest)));
  };
  others.forEach((line, i) => void add(line, i + 2));
  if (lines.length === 0 || rest === '') return { header, entries, torn: false };
  if (!isJson(rest)) return { header, entries, torn: true };
  add(rest, lines.length + 1);
  return { header, entries, torn: false };
}

const bytes = value('hex digits, two for a byte', (found) =>
  typeof found === 'string' && /^([0-9A-F]{2})+$/i.test(found)
    ? Uint8Array.from(found.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
    : undefined,
);

const headerFields = object({
  capture: literal(FORMAT),
  version: text('one such as 0.1.0', (found) => /^[\w.+-]{1,40}$/.test(found)),
  startedAt: text('a time with its offset', (found) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)$/.test(found),
  ),
  link: choice('serial', 'tcp', 'simulator'),
  settings: value('settings by their paths', (found) => (isObject(found) ? found : undefined)),
  chargers: list(savedCharger),
  setPoints,
  orders: list(bytes),
});

function parseHeader(line: string): Header {
  const json = objectIn(line);
  if (json.capture === undefined) throw new Error(`expected the first line of a capture, got ${shown(line)}`);
  const { version, startedAt, link, settings, chargers, setPoints: set, orders } = parse(headerFields, json);
  return { version, startedAt, link, config: parseSettings(settings), known: { chargers, setPoints: set }, orders };
}

function parseSettings(json: Readonly<Record<string, unknown>>): Config {
  const unknown = Object.keys(json).find((path) => !told.some((one) => one === path));
  if (unknown !== undefined) throw new Error(`settings: unknown setting ${unknown}`);
  const problems: string[] = [];
  const config = accepted(
    (path) => json[path],
    (_, problem) => void problems.push(problem),
  );
  if (problems.length > 0) throw new Error(problems.join('; '));
  return config;
}

const at = number(0, LONGEST);
const words = text('text');
const linkUp = object({ at, link: value('"up" or "down"', (found) => (found === 'up' ? found : undefined)) });
const linkDown = object({ at, link: literal('down'), reason: words });

/** By the field that names what happened: the line as a whole. */
const lines: Readonly<Record<string, Schema<Entry>>> = {
  heard: object({ at, heard: bytes }),
  said: object({ at, said: bytes }),
  link: { ...linkUp, read: (json) => (isObject(json) && json.link === 'down' ? linkDown : linkUp).read(json) },
  asked: object({ at, asked: words, payload: words, retained: optional(literal(true)) }),
  end: object({ at, end: words }),
};

function parseEntry(line: string, earliest: number): Entry {
  const fields = objectIn(line);
  const name = Object.keys(lines).find((one) => one in fields);
  const schema = lines[name ?? ''];
  if (!schema) throw new Error(`expected one of ${Object.keys(lines).join(', ')}, got ${shown(line)}`);
  const entry = parse(schema, fields);
  if (entry.at < earliest) throw new Error(`at: expected milliseconds, not before ${earliest}, got ${entry.at}`);
  return entry;
}

function hex(all: Uint8Array): string {
  return Array.from(all, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

function objectIn(line: string): Readonly<Record<string, unknown>> {
  const json: unknown = isJson(line) ? JSON.parse(line) : undefined;
  if (!isObject(json)) throw new Error(`expected a JSON object, got ${shown(line)}`);
  return json;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function inLine<T>(number: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
