// The option table: one row a setting with its default, its check and its help. The sample config.yaml, the README and
// the app are held to it by tests.

import { isTwcId, type TwcId } from '../protocol/field.ts';
import {
  choice,
  integer,
  number,
  object,
  optional,
  record,
  type Schema,
  type TypeOf,
  text,
  value,
  yesOrNo,
} from '../schema.ts';
import { bridgeTopics } from '../topics/bridge-topics.ts';
import { chargerTopics } from '../topics/charger-topics.ts';
import { brokerChoice } from './broker-choice.ts';
import { listen } from './listen.ts';
import { port } from './port.ts';

export interface Option<T> {
  /** As it would stand in a file. */
  readonly default: unknown;
  readonly check: Schema<T>;
  readonly help: string;
  /** Never shown, neither in errors nor in logs. */
  readonly secret?: true;
}

const anyText = text('text');
const path = text('the path of a file');
const seconds = number(0, 86_400);
const name = text(
  'a name of at most 50 characters',
  (found) => /^[^\p{Cc}]{1,50}$/u.test(found) && found.trim() !== '',
);
const charger: Schema<TwcId> = value('four hex digits such as 1A2B', (found) => {
  const id = String(found).toUpperCase();
  return isTwcId(id) ? id : undefined;
});
const vin = value('a VIN of 17 letters and digits', (found) => {
  const upper = String(found).toUpperCase();
  return /^[A-HJ-NPR-Z\d]{17}$/.test(upper) ? upper : undefined;
});

const topics: ReadonlySet<unknown> = new Set([...Object.keys(chargerTopics), ...Object.keys(bridgeTopics)]);
const topic = text('a topic without what stands before it, such as state or all/totalAmpsInUse', (found) =>
  topics.has(found),
);

/** What may be said of one charger. */
const chargerFields = {
  name: optional(name),
  maxAmps: optional(integer(6, 80)),
  calibration: optional(number(0.9, 1.1)),
  volts: optional(number(100, 300)),
  phases: optional(integer(1, 3)),
};

export const options = {
  'interface.port': option(
    'simulator',
    port,
    'Where the chargers are: a serial device (best one of `/dev/serial/by-id/`), `tcp://host:port` of a serial server, or `simulator`',
  ),
  'interface.mode': option(
    'master',
    choice('master', 'listen'),
    '`master`: the chargers obey us. `listen`: a genuine master is on the bus, we never send a byte',
  ),
  'interface.id': option(
    '7777',
    text('four upper-case hex digits without 0000, FFFF, C0 and DB', isOwnId),
    'Our own id on the bus as master; no charger may have it',
  ),
  'interface.askPlugState': option(
    false,
    yesOrNo,
    'As master also asks the chargers whether a car is plugged in. Firmware 4.5.3 is said to answer; without it `plug` is told from what a charger says by itself',
  ),
  'config.maxAmpsForSlaves': option(
    6,
    integer(6, 240),
    'Amperes of the circuit that all chargers share. A hard limit: never more than the wiring and breaker allow for hours (32 when simulated)',
  ),
  'config.maxAmpsPerTWC': option(6, integer(6, 80), 'Amperes of the wiring of one charger (32 when simulated)'),
  'config.minAmpsPerTWC': option(6, integer(6, 80), 'Below this a car is not charged'),
  'config.energyUnit': option(
    'auto',
    choice('auto', 'kWh', 'Wh'),
    "Unit of the chargers' energy counter; `auto` tells it from the counter",
  ),
  chargers: option(
    {},
    record(
      charger,
      object(chargerFields, 'what is known of this charger, such as { name: Garage left, maxAmps: 16 }'),
      'ids of chargers in the lines below, such as "1A2B: { name: Garage left, maxAmps: 16 }"',
    ),
    'What you know of single chargers, by their ids: `name`, `maxAmps` (of its own wiring, never exceeded), `calibration` (factor on the amps that it reports, 0.9 to 1.1), `volts` and `phases` (assumed where it has no meter), for example `{ 1A2B: { name: Garage left, maxAmps: 16 } }`',
  ),
  vehicles: option(
    {},
    record(vin, name, 'VINs and names in the lines below, such as "5YJ3E1EA2KF000317: Red"'),
    'Names of cars by their VINs, for example `{ 5YJ3E1EA2KF000317: Red }`',
  ),
  'control.leaseSeconds': option(
    0,
    integer(0, 86_400),
    'Without a new limit over MQTT for this long, limits that were set fall back to `safeAmps`; 0 for never',
  ),
  'control.safeAmps': option(
    6,
    integer(6, 80),
    'What limits fall back to when no new one comes; at least `minAmpsPerTWC`',
  ),
  'control.relay': option(
    false,
    yesOrNo,
    'Lets the switch of version 2 units stop a car by opening their relay; without it the switch is called "Full current" and only lowers the current to 6 A. A Tesla then shows a fault and has to be plugged in again, and opening under load wears the relay: see Safety',
  ),
  'status.MQTT.broker': option(
    'embedded',
    brokerChoice,
    'The broker: `mqtt://host:1883`, `mqtts://host:8883`, a list of such addresses (the nodes of a cluster), or `embedded` for one of our own on this machine only (`embedded:PORT` for another port than 1883)',
  ),
  'status.MQTT.username': option('', anyText, 'Name at the broker; empty for none'),
  'status.MQTT.password': { ...option('', anyText, 'Password at the broker; put it in quotes'), secret: true as const },
  'status.MQTT.topicPrefix': option(
    'TWC',
    text(
      'text without spaces, +, # and control characters, not starting with / or $ and not ending with /',
      isTopicPrefix,
    ),
    'First part of all topics',
  ),
  'status.MQTT.ratelimit': option(
    60,
    seconds,
    'Seconds between two updates of one topic; the newest value is always delivered. 0 publishes every change',
  ),
  'status.MQTT.ratelimitOverrides': option(
    {},
    record(topic, seconds, 'topics and seconds in the lines below, such as "state: 0"'),
    'Another limit for single topics, for example `{ state: 0 }`',
  ),
  'status.MQTT.refresh': option(
    0,
    seconds,
    'Seconds after which every topic is published again although it has not changed, for programs that expect that; 0 for never',
  ),
  'status.MQTT.version': option('3.1.1', choice('3.1.1', '5'), 'MQTT version'),
  'status.MQTT.ca': option('', path, 'File with the certificate of a private authority, for `mqtts://`'),
  'status.MQTT.cert': option('', path, "File with the client's certificate, for `mqtts://`"),
  'status.MQTT.key': option('', path, "File with the client's key, for `mqtts://`"),
  'homeassistant.discovery': option(
    'entity',
    choice('entity', 'device', 'off'),
    'Home Assistant discovery: `entity` sends a payload for each sensor, `device` one for each charger, `off` none',
  ),
  'homeassistant.discoveryPrefix': option(
    'homeassistant',
    text('text without spaces, + and #, not starting or ending with /', isTopicPrefix),
    'The prefix that Home Assistant listens to',
  ),
  'page.listen': option(
    '',
    listen,
    'Where the page is served, for example `127.0.0.1:8099` for this machine only; empty for no page. It has no login: see The page',
  ),
  'sessions.pricePerKWh': option(0, number(0, 1_000), 'What a kWh costs, for the costs of sessions; 0 for no costs'),
  'sessions.currency': option(
    '',
    text('at most 5 characters such as EUR', (found) => /^[^\p{Cc}]{0,5}$/u.test(found)),
    'The currency of that price, for example `EUR`',
  ),
  'log.level': option(
    'info',
    choice('error', 'warn', 'info', 'debug'),
    'How much is logged; `debug` shows every frame',
  ),
  'state.path': option('', path, 'File that remembers the chargers across restarts; empty: beside the configuration'),
} satisfies Record<string, Option<never> | Option<unknown>>;

export type OptionPath = keyof typeof options;

/** All settings by their path in the file. */
export type Config = { readonly [P in OptionPath]: TypeOf<(typeof options)[P]['check']> };

/** Settings as they stand in a file. */
export type Written = Partial<Readonly<Record<OptionPath, unknown>>>;

/** What the amps are where none are configured and nothing real can burn. */
export const simulatedAmps: Partial<Config> = { 'config.maxAmpsForSlaves': 32, 'config.maxAmpsPerTWC': 32 };

function option<T>(written: unknown, check: Schema<T>, help: string): Option<T> {
  return { default: written, check, help };
}

function isTopicPrefix(value: string): boolean {
  return value.length <= 100 && /^(?![/$])[^\s+#\p{Cc}]+(?<!\/)$/u.test(value);
}

function isOwnId(value: string): boolean {
  return isTwcId(value) && !['0000', 'FFFF'].includes(value) && !/^(..)?(C0|DB)/.test(value);
}
