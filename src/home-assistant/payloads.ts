// The topic tables as Home Assistant discovery payloads: one for each entity, or one bundle for each device. Both are made
// from the same parts and describe the same entities.

import type { Charger } from '../charger/charger.ts';
import type { TwcId } from '../protocol/field.ts';
import {
  bridgeDevice,
  chargerDevice,
  type Device,
  type DiscoverySettings,
  deviceUid,
  type Json,
  type Part,
  type Place,
} from './devices.ts';

/** A retained config payload. */
export interface Announcement {
  readonly topic: string;
  readonly payload: string;
}

const origin = {
  name: 'twc2mqtt',
  support_url: 'https://www.home-assistant.io/integrations/mqtt/',
} as const;

/**
 * Everything to be announced: the bridge first, so that chargers find the device that they are connected via. Of what is
 * not known to be there or not, an announcement that `announced` has stays, in this form or the other.
 */
export function announcements(
  chargers: readonly Charger[],
  settings: DiscoverySettings,
  announced: ReadonlySet<string> = new Set(),
): Announcement[] {
  if (settings.mode === 'off') return [];
  const asPayloads = settings.mode === 'entity' ? singles : bundle;
  const devices = [bridgeDevice(settings), ...chargers.map((charger) => chargerDevice(charger, settings))];
  return devices.flatMap((device) => asPayloads(device, settings, announced));
}

/** Where a device is announced: patterns to subscribe to, in both modes. `charger` undefined for the bridge. */
export function announcedAt(charger: TwcId | undefined, settings: Place): string[] {
  const uid = deviceUid(charger, settings);
  return [`${settings.prefix}/+/${uid}/+/config`, bundleTopic(uid, settings)];
}

/** Whether a discovery topic is that of this charger, in either mode. */
export function isOfCharger(topic: string, charger: TwcId, place: Place): boolean {
  const uid = deviceUid(charger, place);
  const [, node] = topic.slice(place.prefix.length + 1).split('/');
  return topic.startsWith(`${place.prefix}/`) && (node === uid || topic === bundleTopic(uid, place));
}

/** Whether a discovery topic is that of a bridge with this topic prefix, or of one of its chargers. */
export function isOfBridge(topic: string, place: Place): boolean {
  const own = new RegExp(`^[^/]+/${deviceUid(undefined, place)}(_[0-9a-f]{4})?(_all)?/`);
  return topic.startsWith(`${place.prefix}/`) && own.test(topic.slice(place.prefix.length + 1));
}

/** Whether a discovery topic is that of a bundle. */
export function isBundle(topic: string, { prefix }: DiscoverySettings): boolean {
  return topic.startsWith(`${prefix}/device/`);
}

/** Whether an announcement was made by this program. */
export function isOurs(payload: string): boolean {
  return payload.includes(`"origin":{"name":"${origin.name}"`);
}

function singles(device: Device, settings: DiscoverySettings, announced: ReadonlySet<string>): Announcement[] {
  return device.parts.flatMap((part) => {
    const { entity, is } = part;
    const topic = singleTopic(part, device, settings);
    if (!(is ?? (announced.has(topic) || announced.has(bundleTopic(device.uid, settings))))) return [];
    const { availability, ...shared } = common(device, settings);
    const payload = {
      ...shared,
      availability: entity.alwaysAvailable ? undefined : [...availability, ...controlled(part, settings)],
      ...component(part, device),
    };
    return { topic, payload: stable(payload) };
  });
}

function bundle(device: Device, settings: DiscoverySettings, announced: ReadonlySet<string>): Announcement[] {
  const components = device.parts.flatMap((part): [string, Json][] => {
    const { entity, key, commandTopic } = part;
    const is = part.is ?? (announced.has(singleTopic(part, device, settings)) || undefined);
    // Left out, it stays what it is; with its platform alone Home Assistant removes it.
    if (is === undefined) return [];
    if (!is) return [[key, { platform: entity.component }]];
    const own = {
      // Without one of its own it gets the root's.
      ...(entity.alwaysAvailable && { availability: [] }),
      ...(commandTopic && { availability: [...device.availability, ...controlled(part, settings)] }),
    };
    return [[key, { platform: entity.component, ...component(part, device), ...own }]];
  });
  const payload = { ...common(device, settings), components: Object.fromEntries(components) };
  return [{ topic: bundleTopic(device.uid, settings), payload: stable(payload) }];
}

/** What can be commanded is there only while commands are possible. */
function controlled({ commandTopic }: Part, { topicPrefix }: DiscoverySettings): readonly { readonly topic: string }[] {
  return commandTopic ? [{ topic: `${topicPrefix}/control/availability` }] : [];
}

function singleTopic({ entity, key }: Part, { uid }: Device, { prefix }: Place): string {
  return `${prefix}/${entity.component}/${uid}/${key}/config`;
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

function component({ key, entity, topic, attributesTopic, commandTopic, range }: Part, { uid }: Device): Json {
  const { attributes } = entity;
  return {
    unique_id: `${uid}_${key}`,
    default_entity_id: `${entity.component}.${uid}_${key}`,
    state_topic: entity.component === 'button' ? undefined : topic,
    name: entity.namedByClass ? undefined : entity.name,
    device_class: entity.deviceClass,
    state_class: entity.stateClass,
    unit_of_measurement: entity.unit,
    suggested_display_precision: entity.component === 'sensor' ? entity.precision : undefined,
    entity_category: entity.category,
    icon: entity.icon,
    enabled_by_default: entity.disabled ? false : undefined,
    options: entity.options,
    value_template: entity.template,
    json_attributes_topic: attributes && attributesTopic,
    json_attributes_template: attributes?.template,
    payload_on: entity.payloads?.on,
    payload_off: entity.payloads?.off,
    payload_press: entity.press,
    command_topic: commandTopic,
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
