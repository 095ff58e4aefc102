// What Home Assistant has registered of a bridge and its chargers.

import { expect } from 'vitest';
import { type ExpectedEntity, threePhases } from '../../home-assistant/entities.ts';
import { until } from '../until.ts';
import type { Device, Entity, HomeAssistant } from './hass.ts';

/** The bridge first, then its chargers. */
export async function devicesOf(hass: HomeAssistant, uid: string): Promise<Device[]> {
  const own = new RegExp(`^${uid}(_[0-9a-f]{4})?$`);
  const idOf = ({ identifiers }: Device) => identifiers[0]?.[1] ?? '';
  return (await hass.devices()).filter((one) => own.test(idOf(one))).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** Waits until all is known of a charger, so that it is not announced another time. */
export async function known(hass: HomeAssistant, uid: string): Promise<void> {
  const facts = async () => (await hass.devices()).find(({ identifiers }) => identifiers[0]?.[1] === uid);
  const complete = (device: Device | undefined) => Boolean(device?.serial_number && device.sw_version);
  await until(async () => complete(await facts()), `${uid} is known`, 40_000);
  await until(async () => (await hass.entities(uid)).length === threePhases.length, `all entities of ${uid}`);
}

export async function hasEntities(
  hass: HomeAssistant,
  uid: string,
  expected: readonly ExpectedEntity[],
): Promise<void> {
  const device = (await hass.devices()).find(({ identifiers }) => identifiers[0]?.[1] === uid);
  const found = await Promise.all((await hass.entities(uid)).map((entity) => shown(hass, entity, device?.name ?? '')));
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  expect(found.sort(byId)).toEqual(expected.map((entity) => described(entity, uid)).sort(byId));
}

/** An entity as it can be seen; one that is disabled has no state, so no class and no name that a person reads. */
async function shown(hass: HomeAssistant, entity: Entity, device: string) {
  const attributes = await hass.attributes(entity.entity_id);
  return {
    id: entity.unique_id,
    entityId: entity.entity_id,
    category: entity.entity_category,
    disabled: entity.disabled_by !== null,
    ...(entity.disabled_by === null && {
      name: String(attributes.friendly_name).replace(`${device} `, ''),
      deviceClass: attributes.device_class,
      stateClass: attributes.state_class,
      unit: attributes.unit_of_measurement,
    }),
  };
}

function described({ component, category, disabled, name, ...classes }: ExpectedEntity, uid: string) {
  const key = name.toLowerCase().replaceAll(' ', '_');
  const { deviceClass, stateClass, unit } = classes;
  return {
    id: `${uid}_${key}`,
    entityId: `${component}.${uid}_${key}`,
    category: category ?? null,
    disabled: disabled === true,
    ...(!disabled && { name, deviceClass, stateClass, unit }),
  };
}
