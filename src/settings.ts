// What the configuration means for the bridge and for the connection to the broker.

import type { BridgeSettings } from './bridge-settings.ts';
import type { AllChargerSettings } from './charger/charger-settings.ts';
import type { Config } from './config/options.ts';
import type { Limits } from './control/limits.ts';
import type { BrokerSettings } from './io/broker.ts';
import type { AllowList } from './protocol/allow-list.ts';
import { isTwcId } from './protocol/field.ts';
import type { SavedState } from './state/saved-state.ts';
import { version } from './version.ts';

/** The broker as it is configured. */
export function configuredBroker(config: Config): Omit<BrokerSettings, 'clientId' | 'statusTopic' | 'warn'> {
  const choice = config['status.MQTT.broker'];
  return {
    urls: choice.type === 'urls' ? choice.urls : [],
    username: config['status.MQTT.username'],
    password: config['status.MQTT.password'],
    version: config['status.MQTT.version'],
    ca: config['status.MQTT.ca'],
    cert: config['status.MQTT.cert'],
    key: config['status.MQTT.key'],
  };
}

/** The bridge as it is configured, with what it knows from before a restart. */
export function bridgeSettings(config: Config, state: SavedState): Omit<BridgeSettings, 'wallClock'> {
  const id = config['interface.id'];
  if (!isTwcId(id)) throw new Error(`interface.id: expected a TWCID, got ${id}`);
  const overrides = Object.entries(config['status.MQTT.ratelimitOverrides']);
  return {
    mode: config['interface.mode'],
    id,
    limits: limitsOf(config),
    energyUnit: config['config.energyUnit'],
    savedChargers: state.chargers,
    formerMaster: state.chargers.length === 0 && config['interface.port'].type !== 'simulator',
    discovery: {
      mode: config['homeassistant.discovery'],
      prefix: config['homeassistant.discoveryPrefix'],
      topicPrefix: config['status.MQTT.topicPrefix'],
      version,
      ...pageUrl(config),
    },
    relay: config['control.relay'],
    askPlugState: config['interface.askPlugState'],
    lease: { leaseSeconds: config['control.leaseSeconds'], safeAmps: config['control.safeAmps'] },
    setPoints: state.setPoints,
    announced: state.announced,
    instance: state.clientId,
    prefixes: state.prefixes,
    debug: config['log.level'] === 'debug',
    sessions: state.sessions,
    chargerSettings: chargerSettingsOf(config),
    vehicles: new Map(Object.entries(config.vehicles)),
    zone: 'system',
    random: Math.random,
    topicPrefix: config['status.MQTT.topicPrefix'],
    ratelimit: config['status.MQTT.ratelimit'] * 1_000,
    refresh: config['status.MQTT.refresh'] * 1_000,
    ratelimitOverrides: Object.fromEntries(overrides.map(([name, seconds]) => [name, seconds * 1_000])),
  };
}

/** Where a browser finds the page; nothing where that is only on this machine, or at an address that is not known. */
function pageUrl(config: Config): { readonly pageUrl?: string } {
  const listen = config['page.listen'];
  if (listen.type === 'nowhere' || /^(0\.0\.0\.0|::|127\..*|::1|localhost|)$/.test(listen.host)) return {};
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return { pageUrl: `http://${host}:${listen.port}/` };
}

/** What the owner's wiring allows. */
export function limitsOf(config: Config): Limits {
  return {
    maxAmpsForSlaves: config['config.maxAmpsForSlaves'],
    maxAmpsPerTWC: config['config.maxAmpsPerTWC'],
    minAmpsPerTWC: config['config.minAmpsPerTWC'],
  };
}

/** What the owner says of each charger. */
function chargerSettingsOf({ chargers }: Config): AllChargerSettings {
  return new Map(Object.entries(chargers).flatMap(([id, one]) => (isTwcId(id) ? [[id, one] as const] : [])));
}

/** What may be written to the bus. */
export function allowListOf(config: Config): AllowList {
  return {
    maxAmps: Math.min(config['config.maxAmpsForSlaves'], config['config.maxAmpsPerTWC']),
    maxAmpsOf: new Map(
      [...chargerSettingsOf(config)].flatMap(([id, { maxAmps }]) => (maxAmps === undefined ? [] : [[id, maxAmps]])),
    ),
    relay: config['control.relay'],
    askPlugState: config['interface.askPlugState'],
  };
}
