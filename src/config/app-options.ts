// The options of the Home Assistant app: other names for settings of the option table, which checks them. In the app they
// are the configuration; no file is read beside them.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeReadError } from '../io/file-errors.ts';
import { accept } from '../schema.ts';
import { accepted, ConfigError } from './accepted.ts';
import { type BrokerChoice, SUPERVISOR } from './broker-choice.ts';
import { certificateProblems } from './files.ts';
import { type Config, type OptionPath, options, type Written } from './options.ts';

/** The options that are a setting under another name; those of a group have its name before a dot. */
export const renamed = {
  mode: 'interface.mode',
  max_amps_for_slaves: 'config.maxAmpsForSlaves',
  max_amps_per_twc: 'config.maxAmpsPerTWC',
  'mqtt.username': 'status.MQTT.username',
  'mqtt.password': 'status.MQTT.password',
  'mqtt.ca': 'status.MQTT.ca',
  'expert.min_amps_per_twc': 'config.minAmpsPerTWC',
  'expert.ask_plug_state': 'interface.askPlugState',
  'expert.ratelimit': 'status.MQTT.ratelimit',
  'expert.refresh': 'status.MQTT.refresh',
  'expert.lease_seconds': 'control.leaseSeconds',
  'expert.safe_amps': 'control.safeAmps',
  'expert.topic_prefix': 'status.MQTT.topicPrefix',
  'expert.discovery': 'homeassistant.discovery',
  'expert.log_level': 'log.level',
} as const satisfies Record<string, OptionPath>;

/** The options that make up a setting together. */
export const combined = {
  'interface.port': ['serial_port', 'serial_path', 'simulator'],
  'status.MQTT.broker': ['mqtt.host', 'mqtt.port', 'mqtt.tls'],
} as const satisfies Partial<Record<OptionPath, readonly string[]>>;

interface ListOption {
  readonly path: OptionPath;
  /** The field that says what an entry is about. */
  readonly key: string;
  /** The other fields by their names in the setting; one name alone for a setting that is no object. */
  readonly fields: Readonly<Record<string, string>> | string;
}

/** The options that are lists, since a form cannot ask for names of fields, and settings that are objects. */
export const listed = {
  chargers: { path: 'chargers', key: 'id', fields: { name: 'name', max_amps: 'maxAmps' } },
  vehicles: { path: 'vehicles', key: 'vin', fields: 'name' },
} as const satisfies Record<string, ListOption>;

/** What has another default than outside of Home Assistant, whose own pages show values as they change. */
export const appDefaults: Written = { 'status.MQTT.ratelimit': 5 };

export interface AppConfig {
  readonly config: Config;
  /** Where the broker is and who we are there must be asked from Home Assistant. */
  readonly brokerUnknown: boolean;
  /** What an owner should know of these options, a line each. */
  readonly remarks: readonly string[];
}

/** The options that the Supervisor wrote into a file. Throws a ConfigError. */
export async function loadAppOptions(file: string, adapters: string): Promise<AppConfig> {
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError([`${file}: expected the app's options, but ${describeReadError(error)}`]);
  });
  const options = parseAppOptions(parsed(source), adapters);
  const problems = await certificateProblems(options.config);
  if (problems.length > 0) throw new ConfigError(problems.map(({ problem }) => withAppNames(problem)));
  return options;
}

/** Undefined when it is no JSON; an error of the parser could show a password. */
function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** `adapters` is the folder in which an adapter is looked for when none is chosen. Throws a ConfigError. */
export function parseAppOptions(json: unknown, adapters: string): AppConfig {
  const given = filledIn(json);
  const manual = given['mqtt.host'] !== undefined;
  const problems: string[] = [];
  const broker = manual ? manualBroker(given) : SUPERVISOR;
  const values: Written = {
    ...appDefaults,
    ...present(Object.entries(renamed).map(([name, path]) => [path, given[name]])),
    ...present(Object.entries(listed).map(([name, row]) => [row.path, asObject(name, row, given[name], problems)])),
    'status.MQTT.ca': inSslFolder(given['mqtt.ca']),
    'interface.port': given.simulator === true ? 'simulator' : (given.serial_path ?? given.serial_port ?? adapters),
  };
  const config = accepted(
    (path) => values[path],
    // In a form there is only the value.
    (at, problem, hint) => {
      const name = at.slice(at.lastIndexOf('.') + 1);
      problems.push(withAppNames(`${problem}${hint.startsWith('; write ') ? hint.replace(`${name}: `, '') : ''}`));
    },
  );
  if (manual && config['status.MQTT.password'] !== '' && config['status.MQTT.username'] === '') {
    problems.push('mqtt.password: needs mqtt.username too: a broker takes no password without a name');
  }
  if (broker === undefined) problems.push(badHost);
  if (problems.length > 0 || broker === undefined) throw new ConfigError(problems);
  return {
    config: { ...config, 'status.MQTT.broker': broker },
    brokerUnknown: !manual,
    remarks: remarks(given, manual),
  };
}

function present(entries: readonly (readonly [string, unknown])[]): Written {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** A list of the form as the object that the setting is. */
function asObject(name: string, { key, fields }: ListOption, value: unknown, problems: string[]): unknown {
  if (!Array.isArray(value)) return value;
  const found: Record<string, unknown> = {};
  for (const entry of value) {
    const { [key]: given, ...others } = filledIn(entry);
    const about = String(given ?? '').toUpperCase();
    if (Object.hasOwn(found, about)) problems.push(`${name}: expected each ${key} once, got ${about} twice`);
    found[about] =
      typeof fields === 'string'
        ? others[fields]
        : present(Object.entries(fields).map(([from, to]) => [to, others[from]]));
  }
  return found;
}

/** The app sees Home Assistant's folder for certificates; owners name the file only. */
function inSslFolder(name: unknown): unknown {
  return typeof name === 'string' ? resolve('/ssl', name) : name;
}

/** The text with the names that settings have in the app. */
export function withAppNames(text: string): string {
  return words.reduce((before, [path, name]) => before.replaceAll(path, name), text);
}

const words: readonly (readonly [string, string])[] = [
  ...Object.entries(renamed).map(([name, path]) => [path, name] as const),
  ['interface.port', 'serial_path'],
  ['.maxAmps:', '.max_amps:'],
];

const badHost =
  'mqtt.host, mqtt.port: expected a name or an address such as 192.168.1.10, without mqtt:// and without a login, and a port from 1 to 65535';

/** Undefined if there cannot be such a broker. The host is never shown: people put passwords there. */
function manualBroker({ 'mqtt.host': host, 'mqtt.tls': tls, 'mqtt.port': port }: Given): BrokerChoice | undefined {
  const usual = tls === true ? 8883 : 1883;
  if (typeof host !== 'string' || !['undefined', 'string', 'number'].includes(typeof port)) return undefined;
  const url = `${tls === true ? 'mqtts' : 'mqtt'}://${host}:${port ?? usual}`;
  return accept(options['status.MQTT.broker'].check, url);
}

function remarks(given: Given, manual: boolean): string[] {
  const idle = ['mqtt.port', 'mqtt.username', 'mqtt.password', 'mqtt.tls'].filter((name) => given[name]);
  if (manual || idle.length === 0) return [];
  return [`${idle.join(', ')}: not used without mqtt.host, the broker is that of Home Assistant`];
}

type Given = Readonly<Record<string, unknown>>;

/** Groups of the form. */
const groups = ['mqtt', 'expert'];

/**
 * Without the fields that were left empty: in a form these cannot be told from fields that never were filled in. What is in
 * a group has its name before a dot.
 */
function filledIn(json: unknown): Given {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ConfigError(["expected the app's options by name, got something else"]);
  }
  const flat = Object.entries(json).flatMap(([name, value]) =>
    groups.includes(name) && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([field, inside]) => [`${name}.${field}`, inside] as const)
      : [[name, value] as const],
  );
  return Object.fromEntries(flat.filter(([, value]) => value !== '' && value !== null));
}
