// What the page calls the values that it only lists: the names of the topic table, so that a new row is on the page too.

import { bridgeTopics } from '../topics/bridge-topics.ts';
import { chargerTopics } from '../topics/charger-topics.ts';
import type { Rows } from '../topics/row.ts';
import type { Listed } from './wire.ts';

/** Shown in places of their own, or the same as others. */
const elsewhere: readonly string[] = [
  'stateText',
  'status',
  'chargeStatus',
  'current',
  'reportedLimit',
  'lastHeard',
  'lastVehicle',
  'lastVehicleVIN',
  'vehicle',
  'all/current',
  'all/power',
  'all/energy',
  'energy',
  'circuitLimit',
  'carsCharging',
  'plug',
  'chargerLoadInW',
  'ampsInUse',
  'limit',
  'charging',
  'power',
  'state',
  'currentVehicleVIN',
  'availability',
  'sessionEnergy',
  'sessionStart',
  'sessionSeconds',
  'lastSession',
  'all/totalAmpsInUse',
  'config/maxAmpsForSlaves',
  'config/minAmpsPerTWC',
  'control/availability',
  'control/leaseSeconds',
  'chargeNow/amps',
  'chargeNow/minutes',
  'chargeNow/until',
  'bridge/instance',
  'problem',
  'bridge/lastError',
  'status',
];

export const listed = { charger: listedOf(chargerTopics), bridge: listedOf(bridgeTopics) };

function listedOf<Subject>(rows: Rows<Subject>): Listed[] {
  return Object.entries(rows)
    .filter(([topic, { value }]) => value && !elsewhere.includes(topic))
    .map(([topic, { entities = [], label, unit: own }]) => {
      const { name, unit = '' } = entities.find(({ component }) => component !== 'binary_sensor') ?? {};
      return { topic, label: label ?? name ?? labelOf(topic), unit: own ?? unit };
    });
}

/** `serialNumber` as `Serial number`. */
function labelOf(topic: string): string {
  const words = topic.replace(/^.*\//, '').replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
