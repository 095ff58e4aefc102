// The configuration of TWCManager as one of ours, with a comment for each of its lines. Never more amps than there.

import { accept, isObject } from '../schema.ts';
import { type Option, type OptionPath, options } from './options.ts';
import { type Left, TwcManagerFile } from './twcmanager-file.ts';

/** A setting of ours and where it comes from. */
export interface Imported {
  readonly path: OptionPath;
  readonly value: string | number;
  readonly comment: string;
}

export interface Import {
  readonly settings: readonly Imported[];
  readonly left: readonly Left[];
  /** What an owner has to look at before this is used. */
  readonly warnings: readonly string[];
}

/** Throws an Error in an owner's words when there can be no such configuration. */
export function fromTwcManager(json: unknown, withPassword: boolean): Import {
  if (!isObject(json) || !isObject(json.config)) {
    throw new Error('expected a config.json of TWCManager, which has a part "config"');
  }
  const there = new TwcManagerFile(json);
  const settings = [...port(there), ...amps(there), ...mqtt(there, withPassword), ...log(there)];
  for (const vin of vins(json)) there.warn(`the car ${vin} can have a name: vehicles: { ${vin}: "my car" }`);
  return { settings, left: there.left(), warnings: there.warnings };
}

/** Cars that are named anywhere in it. */
function vins(node: unknown): string[] {
  const found = typeof node === 'string' ? node : '';
  const inside = typeof node === 'object' && node !== null ? Object.entries(node).flat().flatMap(vins) : [];
  const isVin = /^(5YJ|7SA|LRW|XP7|SFZ|7G2)[A-HJ-NPR-Z0-9]{14}$/.test(found);
  return [...new Set([...(isVin ? [found] : []), ...inside])];
}

function port(there: TwcManagerFile): Imported[] {
  const found = there.at('config.fakeMaster');
  const comment = `config.fakeMaster is ${found === undefined ? 'not said' : String(found)}`;
  const mode: Imported = there.isOn('config.fakeMaster', true)
    ? { path: 'interface.mode', value: 'master', comment }
    : { path: 'interface.mode', value: 'listen', comment: `${comment}: nothing is sent` };
  return [place(there), mode];
}

function place(there: TwcManagerFile): Imported {
  const path = 'interface.port';
  const simulator = { path, value: 'simulator' } as const;
  if (there.isOn('interface.Dummy.enabled', false)) {
    return { ...simulator, comment: 'interface.Dummy is switched on' };
  }
  const server = there.text('interface.TCP.server') ?? '';
  if (there.isOn('interface.TCP.enabled', false)) {
    const value = `tcp://${server}:6000`;
    if (takes(path, value)) return { path, value, comment: 'interface.TCP.server, at the port of TWCManager' };
  }
  // Older files have the other name; where both stand TWCManager takes the newer one.
  const from = there.text('interface.RS485.port') ? 'interface.RS485.port' : 'config.rs485adapter';
  const written = there.text(from) || '/dev/ttyUSB0';
  const value = written.replace(/^(socket|rfc2217):\/\//i, 'tcp://').replace(/[?#].*$/, '');
  if (!takes(path, value)) {
    there.warn(`interface.port: ${from} is not understood, so the chargers are simulated until you write another`);
    return { ...simulator, comment: `${from} is not understood: write your adapter here` };
  }
  if (!/^rfc2217:/i.test(written)) return { path, value, comment: from };
  there.warn('interface.port: rfc2217:// is not supported; set ser2net or the converter to raw TCP, 9600 baud, 8N1');
  return { path, value, comment: `${from} was rfc2217://: set ser2net or the converter to raw TCP, 9600 baud, 8N1` };
}

/** TWCManager's own value where nothing is said. */
const SAFE_AMPS = 6;

function amps(there: TwcManagerFile): Imported[] {
  const circuit = atMost(there, 'config.wiringMaxAmpsAllTWCs', 'config.maxAmpsForSlaves', Number.POSITIVE_INFINITY);
  const each = atMost(there, 'config.wiringMaxAmpsPerTWC', 'config.maxAmpsPerTWC', circuit.value);
  const wanted = there.number('config.minAmpsPerTWC', 'amps');
  const value = Math.min(Math.max(Math.ceil(wanted ?? SAFE_AMPS), SAFE_AMPS), each.value, circuit.value);
  const was = wanted === undefined ? 'not said there' : `was ${wanted}`;
  const comment = value === wanted ? 'config.minAmpsPerTWC' : `config.minAmpsPerTWC ${was}, from 6 to the wiring here`;
  return [circuit, each, { path: 'config.minAmpsPerTWC', value, comment }, ...assumed(there)];
}

function atMost(
  there: TwcManagerFile,
  from: string,
  path: OptionPath,
  most: number,
): Imported & { readonly value: number } {
  const found = there.number(from, 'amps');
  if (found === undefined) {
    const told = there.at(from) !== undefined;
    if (told) there.warn(`${path}: ${from} is no number, so it is ${SAFE_AMPS} A until you know better`);
    return { path, value: SAFE_AMPS, comment: `${from} is ${told ? 'no number' : 'not said'}: ask your electrician` };
  }
  const row: Option<unknown> = options[path];
  const value = Math.min(Math.floor(found), row.check.bounds?.[1] ?? found, most);
  if (value < SAFE_AMPS) {
    throw new Error(
      `${from}: ${found} A is less than the ${SAFE_AMPS} A that a car needs, which no charger may get here`,
    );
  }
  const comment = value === found ? from : `${from} was ${found}, whole amps and at most ${value} here`;
  return { path, value, comment };
}

/** They are said for each charger here, and its id is not known there. */
function assumed(there: TwcManagerFile): [] {
  const volts = there.number('config.defaultVoltage', 'volts');
  const phases = there.number('config.numberOfPhases');
  if (volts === undefined && phases === undefined) return [];
  const fields = Object.entries({ volts, phases }).filter(
    ([name, value]) => value !== undefined && takes('chargers', { '1A2B': { [name]: value } }),
  );
  const isLeft = volts !== undefined && !fields.some(([name]) => name === 'volts');
  const left = isLeft ? `config.defaultVoltage of ${volts} is not that of one phase to neutral, so it is left out` : '';
  const example = `chargers: { 1A2B: { ${fields.map(([name, value]) => `${name}: ${value}`).join(', ')} } }`;
  const offer = fields.length > 0 ? `for a charger without a meter (older ones) add, with its id: ${example}` : '';
  there.warn([offer, left].filter(Boolean).join('; ') || 'config.numberOfPhases is left out: it must be 1 to 3');
  return [];
}

function mqtt(there: TwcManagerFile, withPassword: boolean): Imported[] {
  const from = ['status.MQTT', 'control.MQTT'].find((one) => there.isOn(`${one}.enabled`, false)) ?? 'status.MQTT';
  const isOn = there.isOn(`${from}.enabled`, false);
  return [
    broker(there, from, isOn),
    ...(isOn ? login(there, from, withPassword) : []),
    text(there, `${from}.topicPrefix`, 'status.MQTT.topicPrefix', 'TWC'),
    ratelimit(there),
    discovery(there, isOn),
  ].flat();
}

/** A name or an address with what may stand before and behind it. */
const ADDRESS = /^(?:(\w+):\/\/)?(\[[\da-f:.]+\]|[\da-f]*(?::[\da-f]*){2,}|[^\s:/@?#[\]]+)(?::(\d{1,5}))?\/?$/i;

/** The beginnings of an address that MQTT is spoken at, and whether it is encrypted there. */
const schemes: Readonly<Record<string, boolean>> = { mqtt: false, tcp: false, mqtts: true, ssl: true, tls: true };

function broker(there: TwcManagerFile, from: string, isOn: boolean): Imported {
  const path = 'status.MQTT.broker';
  const found = brokerUrl(there, from);
  if (isOn && 'url' in found) return { path, value: found.url, comment: `${from}.brokerIP` };
  const why = isOn && 'why' in found ? found.why : 'MQTT was not switched on';
  there.warn(`${path}: ${why}, so the broker is one of our own until you write yours`);
  return { path, value: 'embedded', comment: `${why}: write your broker here` };
}

function brokerUrl(there: TwcManagerFile, from: string): { readonly url: string } | { readonly why: string } {
  const isTls = there.isOn(`${from}.brokerTLS`, false);
  const port = there.number(`${from}.brokerPort`);
  if (port === undefined && (there.at(`${from}.brokerPort`) ?? '') !== '')
    return { why: `${from}.brokerPort is no number` };
  const written = there.at(`${from}.brokerIP`) ?? '';
  if (written === '') return { why: `${from}.brokerIP is not said` };
  const [, scheme = 'mqtt', host = '', own] = ADDRESS.exec(there.text(`${from}.brokerIP`) ?? '') ?? [];
  if (own !== undefined && port !== undefined && Number(own) !== port)
    return { why: `${from}.brokerIP and ${from}.brokerPort name two ports` };
  const known = schemes[scheme.toLowerCase()];
  const encrypted = isTls || known === true;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const url = `${encrypted ? 'mqtts' : 'mqtt'}://${name}:${own ?? port ?? (encrypted ? 8883 : 1883)}`;
  const isGood = known !== undefined && host !== '' && takes('status.MQTT.broker', url);
  return isGood ? { url } : { why: `${from}.brokerIP is not understood` };
}

function login(there: TwcManagerFile, from: string, withPassword: boolean): Imported[] {
  const username = there.text(`${from}.username`) ?? '';
  const password = there.at(`${from}.password`);
  if (username === '') return [];
  const name: Imported = { path: 'status.MQTT.username', value: username, comment: `${from}.username` };
  const path = 'status.MQTT.password';
  if ((typeof password !== 'string' && typeof password !== 'number') || password === '') return [name];
  if (withPassword) return [name, { path, value: String(password), comment: `${from}.password` }];
  there.warn('status.MQTT.password: left out; write it there, or import again with --password');
  return [name, { path, value: '', comment: `${from}.password is left out: write it here, or import with --password` }];
}

function text(there: TwcManagerFile, from: string, path: OptionPath, otherwise: string): Imported {
  const found = there.text(from);
  if (found === undefined) return { path, value: otherwise, comment: `${from} is not said` };
  const prefix = found.replace(/^\/+|\/+$/g, '');
  if (takes(path, prefix) && prefix !== 'homeassistant') return { path, value: prefix, comment: from };
  there.warn(`${path}: ${from} cannot be used here, so it is ${otherwise}`);
  return { path, value: otherwise, comment: `${from} cannot be used here` };
}

function ratelimit(there: TwcManagerFile): Imported {
  const path = 'status.MQTT.ratelimit';
  const from = 'status.MQTT.ratelimit';
  const found = there.number(from, 'seconds');
  if (found !== undefined && takes(path, found)) return { path, value: found, comment: from };
  return { path, value: 60, comment: `${from} is ${found === undefined ? 'not said' : 'not possible'}` };
}

function discovery(there: TwcManagerFile, isOn: boolean): Imported[] {
  const path = 'homeassistant.discovery';
  const found = there.isOn('status.MQTT.homeassistantDiscovery', false);
  const hass = there.isOn('status.HASS.enabled', false);
  const why = hass ? 'status.HASS is switched on' : 'status.MQTT.homeassistantDiscovery';
  const mode: Imported =
    found || hass || !isOn
      ? { path, value: 'entity', comment: found || hass ? why : 'Home Assistant shows each charger' }
      : { path, value: 'off', comment: `${why} is off; "entity" shows each charger in Home Assistant` };
  const prefix = there.text('status.MQTT.discoveryPrefix')?.replace(/^\/+|\/+$/g, '');
  there.at('status.MQTT.deviceNamePrefix');
  if (prefix === undefined || prefix === 'homeassistant' || !takes('homeassistant.discoveryPrefix', prefix))
    return [mode];
  return [mode, { path: 'homeassistant.discoveryPrefix', value: prefix, comment: 'status.MQTT.discoveryPrefix' }];
}

function log(there: TwcManagerFile): Imported[] {
  const level = there.number('config.logLevel');
  const old = there.number('config.debugLevel');
  if (level === undefined && old === undefined) return [];
  const isLoud = level === undefined ? (old ?? 0) >= 10 : level <= 10;
  const comment = level === undefined ? 'config.debugLevel' : 'config.logLevel';
  const value = isLoud ? 'debug' : (level ?? 0) >= 40 ? 'error' : (level ?? 0) >= 30 ? 'warn' : 'info';
  return [{ path: 'log.level', value, comment }];
}

function takes(path: OptionPath, value: unknown): boolean {
  const row: Option<unknown> = options[path];
  return accept(row.check, value) !== undefined;
}
