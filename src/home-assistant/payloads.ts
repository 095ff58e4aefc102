// The catalogue as Home Assistant discovery payloads: one for each entity, or one bundle for each device. Both are made
// from the same parts and describe the same entities.

import type { Charger } from '../charger/charger.ts';
import type { Limits } from '../control/limits.ts';
import type { TwcId } from '../protocol/field.ts';
import { bridgeTopics } from '../topics/bridge-topics.ts';
import { chargerTopics } from '../topics/charger-topics.ts';
import type { Entity, Range, Rows } from '../topics/row.ts';

export type DiscoveryMode = 'entity' | 'device' | 'off';

/** Where announcements are. */
interface Place {
  /** What Home Assistant listens to, normally `homeassistant`. */
  readonly prefix: string;
  /** Of our own topics. */
  readonly topicPrefix: string;
}

export interface DiscoverySettings extends Place {
  readonly mode: DiscoveryMode;
  /** Of this program. */
  readonly version: string;
  readonly limits: Limits;
}

/** A retained config payload. */
export interface Announcement {
  readonly topic: string;
  readonly payload: string;
}

const origin = {
  name: 'twc2mqtt',
  support_url: 'https://www.home-assistant.io/integrations/mqtt/',
} as const;

/** One device in Home Assistant with all that is shown of it. */
interface Device {
  /** Identifier, and first part of every unique id; no other bridge has it. */
  readonly uid: string;
  readonly description: Json;
  readonly availability: readonly { readonly topic: string }[];
  /** Below this its topics are. */
  readonly place: string;
  readonly charger: Charger | undefined;
  readonly parts: readonly Part[];
}

/** An entity with the row that it shows. */
interface Part {
  readonly entity: Entity;
  readonly topic: string;
  readonly command:
    | { readonly topic: string; readonly range?: (limits: Limits, charger: Charger | undefined) => Range }
    | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Everything to be announced: the bridge first, so that chargers find the device that they are connected via. */
export function announcements(chargers: readonly Charger[], settings: DiscoverySettings): Announcement[] {
  if (settings.mode === 'off') return [];
  const asPayloads = settings.mode === 'entity' ? singles : bundle;
  const devices = [bridgeDevice(settings), ...chargers.map((charger) => chargerDevice(charger, settings))];
  return devices.flatMap((device) => asPayloads(device, settings));
}

/** Where a device is announced: patterns to subscribe to, in both modes. `charger` undefined for the bridge. */
export function announcedAt(charger: TwcId | undefined, settings: Place): string[] {
  const uid = deviceUid(charger, settings);
  return [`${settings.prefix}/+/${uid}/+/config`, bundleTopic(uid, settings)];
}

/** Whether a discovery topic is that of a bundle. */
export function isBundle(topic: string, { prefix }: DiscoverySettings): boolean {
  return topic.startsWith(`${prefix}/device/`);
}

/** Whether an announcement was made by this program. */
export function isOurs(payload: string): boolean {
  return payload.includes(`"origin":{"name":"${origin.name}"`);
}

/** The bridge's identifier: the topic prefix, with `_` for what Home Assistant does not allow in ids. */
function deviceUid(charger: TwcId | undefined, { topicPrefix }: Place): string {
  const bridge = topicPrefix.toLowerCase().replace(/[^a-z0-9]/g, '_');
  return charger === undefined ? bridge : `${bridge}_${charger.toLowerCase()}`;
}

function bridgeDevice(settings: DiscoverySettings): Device {
  const { topicPrefix, version } = settings;
  return {
    uid: deviceUid(undefined, settings),
    description: {
      name: topicPrefix === 'TWC' ? 'TWC bridge' : `TWC bridge ${topicPrefix}`,
      manufacturer: origin.name,
      model: 'RS-485 to MQTT bridge',
      sw_version: version,
    },
    availability: [{ topic: `${topicPrefix}/status` }],
    place: `${topicPrefix}/`,
    charger: undefined,
    parts: partsOf(bridgeTopics, `${topicPrefix}/`),
  };
}

function chargerDevice(charger: Charger, settings: DiscoverySettings): Device {
  const { id, serialNumber, firmware } = charger;
  const { topicPrefix } = settings;
  return {
    uid: deviceUid(id, settings),
    description: {
      name: `Wall Connector ${id}`,
      manufacturer: 'Tesla',
      model: 'Wall Connector (Gen 2)',
      serial_number: serialNumber,
      sw_version: firmware,
      via_device: deviceUid(undefined, settings),
    },
    availability: [{ topic: `${topicPrefix}/status` }, { topic: `${topicPrefix}/${id}/availability` }],
    place: `${topicPrefix}/${id}/`,
    charger,
    parts: partsOf(chargerTopics, `${topicPrefix}/${id}/`),
  };
}

function partsOf<Subject>(rows: Rows<Subject>, place: string): Part[] {
  return Object.entries(rows).flatMap(([name, { entities = [], command }]) =>
    entities.map((entity) => ({ entity, topic: `${place}${name}`, command })),
  );
}

function singles(device: Device, settings: DiscoverySettings): Announcement[] {
  return device.parts.map((part) => {
    const { entity } = part;
    const { availability, ...shared } = common(device, settings);
    const payload = {
      ...shared,
      availability: entity.alwaysAvailable ? undefined : [...availability, ...controlled(part, settings)],
      ...component(part, device, settings),
    };
    return {
      topic: `${settings.prefix}/${entity.component}/${device.uid}/${entity.key}/config`,
      payload: stable(payload),
    };
  });
}

function bundle(device: Device, settings: DiscoverySettings): Announcement[] {
  const components = device.parts.map((part) => [
    part.entity.key,
    {
      platform: part.entity.component,
      ...component(part, device, settings),
      // Without one of its own it gets the root's.
      ...(part.entity.alwaysAvailable && { availability: [] }),
      ...(part.command && { availability: [...device.availability, ...controlled(part, settings)] }),
    },
  ]);
  const payload = { ...common(device, settings), components: Object.fromEntries(components) };
  return [{ topic: bundleTopic(device.uid, settings), payload: stable(payload) }];
}

/** What can be ordered is there only while orders are possible. */
function controlled({ command }: Part, { topicPrefix }: DiscoverySettings): readonly { readonly topic: string }[] {
  return command ? [{ topic: `${topicPrefix}/control/availability` }] : [];
}

/** Not the id of the singles' node: Home Assistant would take a bundle of that id for a conflict while migrating. */
function bundleTopic(uid: string, { prefix }: Place): string {
  return `${prefix}/device/${uid}_all/config`;
}

function common({ uid, description, availability }: Device, { version }: DiscoverySettings) {
  return {
    availability,
    availability_mode: 'all',
    device: { identifiers: [uid], ...description },
    origin: { ...origin, sw_version: version },
    qos: 1,
  };
}

function component(
  { entity, topic, command }: Part,
  { uid, place, charger }: Device,
  { limits }: DiscoverySettings,
): Json {
  const range = command?.range?.(limits, charger);
  return {
    unique_id: `${uid}_${entity.key}`,
    default_entity_id: `${entity.component}.${uid}_${entity.key}`,
    state_topic: topic,
    name: entity.name,
    device_class: entity.deviceClass,
    state_class: entity.stateClass,
    unit_of_measurement: entity.unit,
    suggested_display_precision: entity.precision,
    entity_category: entity.category,
    icon: entity.icon,
    enabled_by_default: entity.disabled ? false : undefined,
    options: entity.options,
    value_template: entity.template,
    json_attributes_topic: entity.jsonAttributes && topic,
    payload_on: entity.payloads?.on,
    payload_off: entity.payloads?.off,
    command_topic: command && `${place}${command.topic}`,
    min: range?.min,
    max: range?.max,
    step: range && 1,
    mode: range && 'box',
  };
}

/** JSON with sorted keys, so that an unchanged announcement is the same bytes; what is undefined is left out. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
