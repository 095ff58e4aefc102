// The capture file: what happened on a bus, as JSON lines that a person can read. The first line tells of the bridge,
// each other what happened when, in milliseconds since the capture began. Nothing in it is private but what is on the bus:
//
//   {"capture":1,"version":"0.1.0","startedAt":"…","link":"serial","settings":{…},"chargers":[…],"setPoints":{…},"orders":[…]}
//   {"at":0,"link":"up"}                                          or "down" with a "reason"
//   {"at":1012.4,"said":"C0FCE177777700000000000000000000004FC0"}  what the bridge said, whether or not the device took it
//   {"at":1080.2,"heard":"C0FDE2…C0FC"}                           the bytes of one read, whatever they are
//   {"at":5000,"asked":"1A2B/set/limit","payload":"16"}           a message below the topic prefix; "retained":true if it was
//   {"at":9000,"end":"asked to"}                                  the last line; missing when the program was killed

import { accepted } from '../config/load.ts';
import { type Config, type OptionPath, options } from '../config/options.ts';
import { type SavedState, savedState } from '../state/saved-state.ts';

const FORMAT = 1;
const links = ['serial', 'tcp', 'simulator'] as const;
/** A capture is bounded by its size long before this. */
const LONGEST = 366 * 24 * 3_600_000;

/** What the heart needs to know to make of the bytes what it made of them then, and what a reader wants to know. */
export interface Header {
  /** Of the program. */
  readonly version: string;
  /** Local time with its offset, ISO 8601. */
  readonly startedAt: string;
  readonly link: (typeof links)[number];
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

/** The settings that shape what is made of the bus; no other leaves the house. */
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

/** What owners call their chargers is their own business. */
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

function parseHeader(line: string): Header {
  const { capture, version, startedAt, link, settings, chargers, setPoints, orders, ...more } = objectIn(line);
  if (capture === undefined) throw new Error(`expected the first line of a capture, got ${shown(line)}`);
  if (capture !== FORMAT) throw new Error(`capture: expected format ${FORMAT}, got ${JSON.stringify(capture)}`);
  refuse(more);
  const kind = links.find((one) => one === link);
  if (typeof version !== 'string' || !/^[\w.+-]{1,40}$/.test(version)) {
    throw new Error(`version: expected one such as 0.1.0, got ${JSON.stringify(version)}`);
  }
  if (typeof startedAt !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)$/.test(startedAt)) {
    throw new Error(`startedAt: expected a time with its offset, got ${JSON.stringify(startedAt)}`);
  }
  if (!kind) throw new Error(`link: expected one of ${links.join(', ')}, got ${JSON.stringify(link)}`);
  if (!Array.isArray(orders)) throw new Error(`orders: expected a list, got ${JSON.stringify(orders)}`);
  const known = savedState({ version: 1, clientId: 'capture', port: '', chargers, setPoints });
  if (!known) throw new Error('expected chargers and setPoints');
  return {
    version,
    startedAt,
    link: kind,
    config: parseSettings(settings),
    known: { chargers: known.chargers, setPoints: known.setPoints },
    orders: orders.map((one) => bytes(one, 'orders')),
  };
}

function parseSettings(json: unknown): Config {
  if (!isObject(json)) throw new Error(`settings: expected an object, got ${JSON.stringify(json)}`);
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

function parseEntry(line: string, earliest: number): Entry {
  const { at, ...fields } = objectIn(line);
  if (typeof at !== 'number' || at < earliest || at > LONGEST) {
    throw new Error(`at: expected milliseconds, not before ${earliest}, got ${JSON.stringify(at)}`);
  }
  const name = Object.keys(kinds).find((one) => one in fields);
  if (name === undefined) throw new Error(`expected one of ${Object.keys(kinds).join(', ')}, got ${shown(line)}`);
  const { [name]: value, ...more } = fields;
  return { at, ...kinds[name as keyof typeof kinds](value, more) };
}

/** By the field that names what happened: the happening in it and in the fields beside it. */
const kinds = {
  heard: (value: unknown, more: Fields): Happening => alone({ heard: bytes(value, 'heard') }, more),
  said: (value: unknown, more: Fields): Happening => alone({ said: bytes(value, 'said') }, more),
  link(value: unknown, { reason, ...more }: Fields): Happening {
    if (value === 'up') return alone({ link: 'up' }, reason === undefined ? more : { reason });
    if (value !== 'down') throw new Error(`link: expected "up" or "down", got ${JSON.stringify(value)}`);
    return alone({ link: 'down', reason: words(reason, 'reason') }, more);
  },
  asked(value: unknown, { payload, retained, ...more }: Fields): Happening {
    if (retained !== undefined && retained !== true) throw new Error('retained: expected true or nothing');
    const asked = { asked: words(value, 'asked'), payload: words(payload, 'payload') };
    return alone(retained ? { ...asked, retained } : asked, more);
  },
  end: (value: unknown, more: Fields): Happening => alone({ end: words(value, 'end') }, more),
};

type Fields = Readonly<Record<string, unknown>>;

function alone(happening: Happening, more: Fields): Happening {
  refuse(more);
  return happening;
}

function refuse(more: Fields): void {
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new Error(`unknown field ${unknown}`);
}

function words(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`${name}: expected text, got ${JSON.stringify(value)}`);
  return value;
}

function bytes(value: unknown, name: string): Uint8Array {
  if (typeof value !== 'string' || !/^([0-9A-F]{2})+$/i.test(value)) {
    throw new Error(`${name}: expected hex digits, two for a byte, got ${shown(JSON.stringify(value))}`);
  }
  return Uint8Array.from(value.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function hex(all: Uint8Array): string {
  return Array.from(all, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

function objectIn(line: string): Fields {
  if (!isJson(line)) throw new Error(`expected a JSON object, got ${shown(line)}`);
  const json: unknown = JSON.parse(line);
  if (!isObject(json)) throw new Error(`expected a JSON object, got ${shown(line)}`);
  return json;
}

function isObject(json: unknown): json is Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function shown(text: string | undefined): string {
  if (!text) return 'nothing';
  const harmless = text.replace(/\p{Cc}/gu, '?');
  return harmless.length > 60 ? `${harmless.slice(0, 60)}…` : harmless;
}

function inLine<T>(number: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
