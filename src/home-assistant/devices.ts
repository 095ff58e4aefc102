// What Home Assistant is shown, device by device: the topic tables with their topics, and what of them a charger has.

import type { Charger } from '../charger/charger.ts';
import type { AllChargerSettings } from '../charger/charger-settings.ts';
import type { Limits } from '../control/limits.ts';
import type { TwcId } from '../protocol/field.ts';
import { bridgeTopics } from '../topics/bridge-topics.ts';
import { chargerTopics } from '../topics/charger-topics.ts';
import type { Abilities, Entity, Range, Rows } from '../topics/row.ts';

export type DiscoveryMode = 'entity' | 'device' | 'off';

/** Where announcements are. */
export interface Place {
  /** What Home Assistant listens to, normally `homeassistant`. */
  readonly prefix: string;
  /** Of our own topics. */
  readonly topicPrefix: string;
}

export interface DiscoverySettings extends Place, Abilities {
  readonly mode: DiscoveryMode;
  /** Of this program. */
  readonly version: string;
  /** Where the page is, for those who look at Home Assistant; undefined where it has no address. */
  readonly pageUrl?: string;
  readonly limits: Limits;
  readonly chargerSettings: AllChargerSettings;
  /** False where nothing can be commanded. */
  readonly inControl: boolean;
}

/** One device in Home Assistant with all that is shown of it. */
export interface Device {
  /** Identifier, and first part of every unique id; no other bridge has it. */
  readonly uid: string;
  readonly description: Json;
  readonly availability: readonly { readonly topic: string }[];
  /** Below this its topics are. */
  readonly place: string;
  readonly parts: readonly Part[];
}

/** An entity with its topics. */
export interface Part {
  readonly key: string;
  readonly entity: Entity;
  /** False for one that is not there, undefined while that is not known. */
  readonly is: boolean | undefined;
  readonly topic: string;
  readonly attributesTopic: string;
  readonly commandTopic: string | undefined;
  readonly range: Range | undefined;
}

export type Json = Readonly<Record<string, unknown>>;

export function bridgeDevice(settings: DiscoverySettings): Device {
  const { topicPrefix, version, pageUrl } = settings;
  return {
    uid: deviceUid(undefined, settings),
    description: {
      name: topicPrefix === 'TWC' ? 'TWC bridge' : `TWC bridge ${topicPrefix}`,
      manufacturer: 'twc2mqtt',
      model: 'RS-485 to MQTT bridge',
      sw_version: version,
      configuration_url: pageUrl,
    },
    availability: [{ topic: `${topicPrefix}/status` }],
    place: `${topicPrefix}/`,
    parts: partsOf(bridgeTopics, `${topicPrefix}/`, undefined, settings),
  };
}

export function chargerDevice(charger: Charger, settings: DiscoverySettings): Device {
  const { id, serialNumber, firmware } = charger;
  const { topicPrefix, chargerSettings } = settings;
  return {
    uid: deviceUid(id, settings),
    description: {
      name: chargerSettings.get(id)?.name ?? `Wall Connector ${id}`,
      manufacturer: 'Tesla',
      model: 'Wall Connector (Gen 2)',
      serial_number: serialNumber,
      sw_version: firmware,
      via_device: deviceUid(undefined, settings),
    },
    availability: [{ topic: `${topicPrefix}/status` }, { topic: `${topicPrefix}/${id}/availability` }],
    place: `${topicPrefix}/${id}/`,
    parts: partsOf(chargerTopics, `${topicPrefix}/${id}/`, charger, settings),
  };
}

/** Whether the same is announced of a charger. */
export function isAnnouncedAlike(before: Charger | undefined, after: Charger, abilities: Abilities): boolean {
  if (before === after) return true;
  return (
    before?.id === after.id &&
    before.version === after.version &&
    before.ratedAmps === after.ratedAmps &&
    before.serialNumber === after.serialNumber &&
    before.firmware === after.firmware &&
    conditional.every((when) => when(before, abilities) === when(after, abilities))
  );
}

const conditional = Object.values(chargerTopics).flatMap(({ entities = [] }) =>
  entities.flatMap(({ when }) => when ?? []),
);

/** The bridge's identifier: the topic prefix, with `_` for what Home Assistant does not allow in ids. */
export function deviceUid(charger: TwcId | undefined, { topicPrefix }: Place): string {
  const bridge = topicPrefix.toLowerCase().replace(/[^a-z0-9]/g, '_');
  return charger === undefined ? bridge : `${bridge}_${charger.toLowerCase()}`;
}

function partsOf<Subject>(
  rows: Rows<Subject>,
  place: string,
  charger: Charger | undefined,
  settings: DiscoverySettings,
): Part[] {
  return Object.entries(rows).flatMap(([name, { entities = [], command }]) =>
    entities.flatMap((entity) => {
      const part = {
        key: keyOf(entity.name),
        entity,
        is: (command === undefined || settings.inControl) && isThere(entity, charger, settings),
        topic: `${place}${name}`,
        attributesTopic: `${place}${entity.attributes?.topic ?? name}`,
        commandTopic: command && `${place}${command.topic}`,
        range: command?.range?.(settings.limits, charger),
      };
      return entity.component === 'number' ? numberOrFixed(part) : [part];
    }),
  );
}

function isThere({ when }: Entity, charger: Charger | undefined, abilities: Abilities): boolean | undefined {
  return charger && when ? when(charger, abilities) : true;
}

/** Home Assistant refuses a number of which the least is the most: that is only shown, under another key. */
function numberOrFixed(part: Part): Part[] {
  const { range, entity } = part;
  const fixed = range !== undefined && range.min >= range.max;
  const name = `Fixed ${entity.name.toLowerCase()}`;
  return [
    { ...part, is: part.is && !fixed },
    {
      ...part,
      key: keyOf(name),
      entity: { ...entity, component: 'sensor', name, ...(entity.category && { category: 'diagnostic' }) },
      is: part.is && fixed,
      commandTopic: undefined,
      range: undefined,
    },
  ];
}

/** `Charging current limit` as `charging_current_limit`. */
function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(' ', '_');
}
