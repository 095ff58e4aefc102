// What may be asked over MQTT: one row a command topic. Commands come from outside and are not trusted: their text is read
// strictly, what is out of range is refused, and retained or empty ones are not commands at all.

import type { Charger } from '../charger/charger.ts';
import { type Fleet, isShown } from '../charger/fleet.ts';
import type { Limits } from '../control/limits.ts';
import type { Command } from '../control/targets.ts';
import { isTwcId } from '../protocol/field.ts';

export interface CommandContext {
  readonly topicPrefix: string;
  readonly limits: Limits;
  readonly fleet: Fleet;
}

/** A message on a command topic: a command, or why it is none and the topic that shows what holds instead. */
export type ParsedCommand =
  | { readonly command: Command }
  | { readonly refusal: string; readonly shownAt: string | undefined };

interface ChargerCommand {
  readonly payload: string;
  readonly meaning: string;
  /** The topic below the charger that shows the accepted value. */
  readonly shownAt: string;
  readonly read: (text: string, charger: Charger, limits: Limits) => Command | Expected;
}

interface BridgeCommand {
  readonly payload: string;
  readonly meaning: string;
  readonly shownAt?: string;
  readonly read: (text: string, limits: Limits) => Command | Expected;
}

/** What a payload should have been. */
interface Expected {
  readonly expected: string;
}

const LONGEST_CHARGE_NOW = 86_400;

/** Below `{prefix}/{charger}/`. */
export const chargerCommands: Readonly<Record<string, ChargerCommand>> = {
  'set/limit': {
    payload: 'whole A',
    meaning: "Charging current limit, from `minAmpsPerTWC` to the charger's maximum",
    shownAt: 'limit',
    read(text, charger, limits) {
      const { min, max } = chargerRange(charger, limits);
      const amps = wholeAmps(text, min, max);
      return typeof amps === 'number' ? { type: 'limit', charger: charger.id, amps } : amps;
    },
  },
  'set/charging': {
    payload: '`1` or `0`',
    meaning: 'Whether a car may be charged. A version 2 unit can only be lowered to 6 A, see Safety',
    shownAt: 'charging',
    read: (text, { id }) =>
      text === '1' || text === '0' ? { type: 'charging', charger: id, enabled: text === '1' } : { expected: '1 or 0' },
  },
};

/** Below `{prefix}/`. */
export const bridgeCommands: Readonly<Record<string, BridgeCommand>> = {
  'control/maxAmps': {
    payload: 'whole A',
    meaning: 'Amperes of the circuit to divide, up to the configured `maxAmpsForSlaves`',
    shownAt: 'config/maxAmpsForSlaves',
    read(text, limits) {
      const amps = wholeAmps(text, limits.minAmpsPerTWC, limits.maxAmpsForSlaves);
      return typeof amps === 'number' ? { type: 'circuit', amps } : amps;
    },
  },
  'control/chargeNow': {
    payload: '`AMPS,SECONDS`',
    meaning: 'For so long these amperes are divided among all chargers, whatever their limits and switches say',
    read(text, limits) {
      const [amps = '', seconds = ''] = text.split(',');
      const read = wholeAmps(amps, limits.minAmpsPerTWC, limits.maxAmpsForSlaves);
      if (typeof read !== 'number') return { expected: `AMPS,SECONDS with AMPS ${read.expected}` };
      const lasts = /^\d{1,5}$/.test(seconds) ? Number(seconds) : 0;
      if (lasts < 1 || lasts > LONGEST_CHARGE_NOW || text.split(',').length !== 2) {
        return { expected: `AMPS,SECONDS with SECONDS from 1 to ${LONGEST_CHARGE_NOW}` };
      }
      return { type: 'chargeNow', amps: read, seconds: lasts };
    },
  },
  'control/chargeNowEnd': {
    payload: 'anything',
    meaning: 'Ends `chargeNow`',
    read: () => ({ type: 'chargeNowEnd' }),
  },
};

/** The patterns to subscribe to. */
export function commandTopics(topicPrefix: string): string[] {
  return [
    ...Object.keys(chargerCommands).map((name) => `${topicPrefix}/+/${name}`),
    ...Object.keys(bridgeCommands).map((name) => `${topicPrefix}/${name}`),
  ];
}

/** The least and most that a charger's limit can be set to, A. */
export function chargerRange({ ratedAmps = Number.POSITIVE_INFINITY }: Pick<Charger, 'ratedAmps'>, limits: Limits) {
  const max = Math.min(limits.maxAmpsPerTWC, limits.maxAmpsForSlaves, Math.floor(ratedAmps));
  return { min: limits.minAmpsPerTWC, max: Math.max(limits.minAmpsPerTWC, max) };
}

/** What a message asks for; undefined if it is on no command topic, or no command. */
export function parseCommand(
  topic: string,
  payload: string,
  retained: boolean,
  { topicPrefix, limits, fleet }: CommandContext,
): ParsedCommand | undefined {
  if (!topic.startsWith(`${topicPrefix}/`) || payload === '') return undefined;
  const name = topic.slice(topicPrefix.length + 1);
  const slash = name.indexOf('/');
  const id = name.slice(0, slash);
  const forBridge = Object.hasOwn(bridgeCommands, name) ? bridgeCommands[name] : undefined;
  const inCharger = name.slice(slash + 1);
  const forCharger = Object.hasOwn(chargerCommands, inCharger) ? chargerCommands[inCharger] : undefined;
  if (!forBridge && !forCharger) return undefined;
  const shownAt = forBridge ? forBridge.shownAt : `${id}/${forCharger?.shownAt}`;
  const refused = (why: string): ParsedCommand => ({
    refusal: `${topic}: ${why}`,
    shownAt: shownAt && `${topicPrefix}/${shownAt}`,
  });
  if (retained) return refused('ignored, a retained message is no command; publish it without the retain flag');
  const charger = isTwcId(id) ? fleet.get(id) : undefined;
  if (forCharger && (!charger || !isShown(charger))) return refused(`there is no charger ${id}`);
  const read = forBridge ? forBridge.read(payload, limits) : charger && forCharger?.read(payload, charger, limits);
  if (!read) return undefined;
  return 'expected' in read
    ? refused(`expected ${read.expected}, got ${JSON.stringify(payload.slice(0, 40))}`)
    : { command: read };
}

function wholeAmps(text: string, min: number, max: number): number | Expected {
  // Home Assistant writes a whole number with or without its decimal.
  const amps = /^\d{1,3}(\.0{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return amps >= min && amps <= max ? amps : { expected: `whole amperes from ${min} to ${max}` };
}
