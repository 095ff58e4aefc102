// The topics that the page shows in places of their own: the only names of topics in what runs in the browser.

/** Below the charger. */
const chargerTopics = {
  availability: 'availability',
  stateText: 'stateText',
  chargeStatus: 'chargeStatus',
  plug: 'plug',
  amps: 'ampsInUse',
  watts: 'chargerLoadInW',
  reportedLimit: 'ampsMax',
  offered: 'ampsOffered',
  rated: 'ampsRated',
  limit: 'limit',
  enabled: 'charging',
  vin: 'currentVehicleVIN',
  vehicle: 'vehicle',
  phaseAmpsA: 'currentPhaseA',
  phaseAmpsB: 'currentPhaseB',
  phaseAmpsC: 'currentPhaseC',
  phases: 'phases',
  volts: 'voltagePhaseA',
  sessionStart: 'sessionStart',
  sessionEnergy: 'sessionEnergy',
  sessionSeconds: 'sessionSeconds',
  lastSession: 'lastSession',
} as const;

/** Below the prefix. */
const bridgeTopics = {
  circuit: 'config/maxAmpsForSlaves',
  control: 'control/availability',
  lease: 'control/leaseSeconds',
  uptime: 'bridge/uptime',
  chargeNowAmps: 'chargeNow/amps',
  chargeNowMinutes: 'chargeNow/minutes',
  chargeNowUntil: 'chargeNow/until',
} as const;

/** What can be set. */
export const commandTopics = {
  circuit: 'control/maxAmps',
  limit: 'set/limit',
  charging: 'set/charging',
  chargeNow: 'control/chargeNow',
  chargeNowEnd: 'control/chargeNowEnd',
} as const;

export type ChargerTopic = keyof typeof chargerTopics;
export type BridgeTopic = keyof typeof bridgeTopics;

/** Payloads by their topic below the prefix. */
export type Values = ReadonlyMap<string, string>;

/** Undefined where nothing is known. */
export function chargerText(values: Values, id: string, topic: ChargerTopic): string | undefined {
  return values.get(`${id}/${chargerTopics[topic]}`);
}

export function chargerNumber(values: Values, id: string, topic: ChargerTopic): number | undefined {
  return numberIn(chargerText(values, id, topic));
}

export function bridgeText(values: Values, topic: BridgeTopic): string | undefined {
  return values.get(bridgeTopics[topic]);
}

export function bridgeNumber(values: Values, topic: BridgeTopic): number | undefined {
  return numberIn(bridgeText(values, topic));
}

/** In the order of their ids. Of one that was forgotten every value is empty. */
export function chargerIds(values: Values): string[] {
  const known = [...values].filter(([, payload]) => payload !== '');
  const ids = known.flatMap(([topic]) => /^([0-9A-F]{4})\/availability$/.exec(topic)?.[1] ?? []);
  return ids.sort();
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}
