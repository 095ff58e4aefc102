// What Home Assistant would say to discovery payloads: a mirror of its own checks of the platforms that we might use, and
// stricter where it drops silently what it does not know. Gives a sentence for each fault.

import type { Announcement } from '../../src/home-assistant/payloads.ts';
import {
  checked,
  deviceInfo,
  isObject,
  type Json,
  originInfo,
  platforms,
  schemaOf,
  sensorClasses,
  shared,
  single,
} from './schemas.ts';

/** The faults of all that one Home Assistant is told. */
export function faults(announcements: readonly Announcement[], prefix = 'homeassistant'): string[] {
  const found = announcements.flatMap(({ topic, payload }) =>
    faultsOf(topic, payload, prefix).map((fault) => `${topic}: ${fault}`),
  );
  const ids = announcements.flatMap(uniqueIds);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  return [...found, ...twice.map((id) => `unique_id ${id} comes twice`)];
}

/** The discovery.TOPIC_MATCHER of Home Assistant. */
const discoveryTopic = /^(\w+)\/(?:[a-zA-Z0-9_-]+\/)?[a-zA-Z0-9_-]+\/config$/;

function faultsOf(topic: string, payload: string, prefix: string): string[] {
  const component = topic.startsWith(`${prefix}/`) && discoveryTopic.exec(topic.slice(prefix.length + 1))?.[1];
  if (!component) return ['illegal discovery topic'];
  const config = parsed(payload);
  if (!config) return ['not a JSON object'];
  if (component === 'device') return bundleFaults(config);
  return [...checked(config, { ...single, ...schemaOf(component) }), ...entityFaults(component, config)];
}

function bundleFaults(bundle: Json): string[] {
  const { components = {}, ...root } = bundle;
  if (!isObject(components)) return ['components: expected an object'];
  const missing = ['device', 'origin', 'components'].filter((key) => !(key in bundle));
  return [
    ...missing.map((key) => `${key}: missing`),
    ...checked(root, { ...shared, device: deviceInfo, origin: originInfo }),
    ...Object.entries(components).flatMap(([key, part]) => partFaults(key, part, root).map((f) => `${key}: ${f}`)),
  ];
}

function partFaults(key: string, part: unknown, root: Json): string[] {
  if (!isObject(part) || typeof part.platform !== 'string') return ['platform: missing'];
  const { platform, ...config } = part;
  // Only its platform: the component is to be removed.
  if (Object.keys(config).length === 0) return [];
  const inherited = Object.fromEntries(Object.entries(root).filter(([name]) => name in shared));
  return [
    ...(/^[a-z0-9_]+$/.test(key) ? [] : ['a component key is lower case without blanks']),
    ...checked(config, { ...shared, ...schemaOf(platform) }),
    ...entityFaults(platform, { ...inherited, ...config }),
  ];
}

/** What holds between the keys of an entity. */
function entityFaults(component: string, config: Json): string[] {
  if (!(component in platforms)) return [`unknown platform ${component}`];
  const rows: readonly (readonly [boolean, string])[] = [
    [!('unique_id' in config), 'unique_id: missing'],
    ['availability' in config && 'availability_topic' in config, 'availability: not together with availability_topic'],
    [
      listOf(config.availability) > 1 && config.availability_mode !== 'all',
      'availability_mode: the last word would win',
    ],
    [otherDomain(component, config.default_entity_id), `default_entity_id: not of the domain ${component}`],
    [needsStateTopic.has(component) && !('state_topic' in config), 'state_topic: missing'],
    [needsCommandTopic.has(component) && !('command_topic' in config), 'command_topic: missing'],
    [!('name' in config) && !('device_class' in config), 'name: neither given nor told by a device class'],
    [repeats(config), 'name: repeats the name of its device'],
  ];
  const own = ownFaults[component]?.(config) ?? [];
  return [...rows.filter(([wrong]) => wrong).map(([, fault]) => fault), ...own];
}

/** What holds for one platform only. */
const ownFaults: Readonly<Record<string, (config: Json) => string[]>> = { sensor: sensorFaults, number: numberFaults };

function sensorFaults(config: Json): string[] {
  const { options, device_class: kind, state_class: statistics, unit_of_measurement: unit, entity_category } = config;
  const of = sensorClasses[String(kind)];
  const rows: readonly (readonly [boolean, string])[] = [
    [options !== undefined && kind !== 'enum', 'options: need device_class enum'],
    [kind === 'enum' && options === undefined, 'options: missing, so nothing would be checked'],
    [Array.isArray(options) && new Set(options).size !== options.length, 'options: one comes twice'],
    [kind === 'enum' && statistics !== undefined, 'state_class: not with enum'],
    [kind === 'enum' && unit !== undefined, 'unit_of_measurement: not with enum'],
    [kind !== 'enum' && of?.units.length === 0 && unit !== undefined, `unit_of_measurement: ${kind} has none`],
    [
      of !== undefined && of.units.length > 0 && !of.units.includes(String(unit)),
      `unit_of_measurement: not of ${kind}`,
    ],
    [
      of !== undefined && statistics !== undefined && !of.statistics.includes(String(statistics)),
      `state_class: impossible for ${kind}`,
    ],
    ['last_reset_value_template' in config && statistics !== 'total', 'last_reset_value_template: needs total'],
    [entity_category === 'config', 'entity_category: a sensor sets nothing'],
  ];
  return rows.filter(([wrong]) => wrong).map(([, fault]) => fault);
}

function numberFaults({ min = 1, max = 100, device_class: kind, unit_of_measurement: unit }: Json): string[] {
  const of = sensorClasses[String(kind)];
  return [
    ...(Number(min) > Number(max) ? ['max: less than min'] : []),
    ...(of && !of.units.includes(String(unit)) ? [`unit_of_measurement: not of ${kind}`] : []),
  ];
}

const needsStateTopic = new Set(['sensor', 'binary_sensor']);
const needsCommandTopic = new Set(['number', 'switch', 'button', 'select']);

function otherDomain(component: string, entityId: unknown): boolean {
  return entityId !== undefined && !String(entityId).startsWith(`${component}.`);
}

function repeats({ device, name }: Json): boolean {
  return isObject(device) && typeof name === 'string' && name.startsWith(String(device.name));
}

function listOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function uniqueIds({ payload }: Announcement): unknown[] {
  const { unique_id, components } = parsed(payload) ?? {};
  const parts = isObject(components) ? Object.values(components).filter(isObject) : [];
  return [unique_id, ...parts.map((part) => part.unique_id)].filter((id) => id !== undefined);
}

function parsed(payload: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
