// What people want of the chargers: set points that came as commands, bounded by the configuration.

import { savedId } from '../charger/saved.ts';
import type { TwcId } from '../protocol/field.ts';
import { integer, object, optional, record, type TypeOf, yesOrNo } from '../schema.ts';
import type { Limits } from './limits.ts';

/** What is wanted now. */
export interface Targets {
  /** Amperes of the circuit to divide; never above the configured circuit. */
  readonly circuit: number;
  of(id: TwcId): Target;
}

export interface Target {
  /** At most this many amperes. */
  readonly limit: number;
  /** Whether a car may be charged at all. */
  readonly enabled: boolean;
}

export type Command =
  | { readonly type: 'limit'; readonly charger: TwcId; readonly amps: number }
  | { readonly type: 'charging'; readonly charger: TwcId; readonly enabled: boolean }
  | { readonly type: 'circuit'; readonly amps: number }
  /** For so long these amps of the circuit are divided among all, whatever the other set points say. */
  | { readonly type: 'chargeNow'; readonly amps: number; readonly seconds: number }
  | { readonly type: 'chargeNowEnd' };

/** The set points that survive a restart. */
export const setPoints = object({
  circuit: optional(integer(0, 240)),
  chargers: record(savedId, object({ limit: optional(integer(0, 80)), charging: optional(yesOrNo) })),
});

export type SetPoints = TypeOf<typeof setPoints>;

export interface LeaseSettings {
  /** Without a new command for this long amps fall back to the safe value; 0 for never. */
  readonly leaseSeconds: number;
  readonly safeAmps: number;
}

export interface Control {
  apply(command: Command, now: number): void;
  /** Time passed: what has run out is over. True if something was. */
  advance(now: number): boolean;
  /** What is wanted now. The same object as long as nothing changed. */
  readonly targets: Targets;
  readonly setPoints: SetPoints;
  /** Seconds until the set points fall back, undefined while they do not. */
  leaseLeft(now: number): number | undefined;
  readonly wakeAt: number;
}

export function createControl(limits: Limits, lease: LeaseSettings, saved: SetPoints, startedAt: number): Control {
  const never = Number.POSITIVE_INFINITY;
  let setPoints = saved;
  let chargeNow: { readonly amps: number; readonly until: number } | undefined;
  let leaseUntil = hasAmps(saved) ? leasedFrom(startedAt) : never;
  let targets = targetsNow();

  function leasedFrom(now: number): number {
    return lease.leaseSeconds > 0 ? now + lease.leaseSeconds * 1_000 : never;
  }

  function targetsNow(): Targets {
    const { circuit = limits.maxAmpsForSlaves, chargers } = setPoints;
    const now = chargeNow;
    if (now) {
      return {
        circuit: Math.min(now.amps, limits.maxAmpsForSlaves),
        of: () => ({ limit: limits.maxAmpsPerTWC, enabled: true }),
      };
    }
    return {
      circuit: Math.min(circuit, limits.maxAmpsForSlaves),
      of(id) {
        const { limit = limits.maxAmpsPerTWC, charging = true } = chargers[id] ?? {};
        return { limit: Math.min(limit, limits.maxAmpsPerTWC), enabled: charging };
      },
    };
  }

  function ofCharger(id: TwcId, change: SetPoints['chargers'][string]): SetPoints {
    return { ...setPoints, chargers: { ...setPoints.chargers, [id]: { ...setPoints.chargers[id], ...change } } };
  }

  return {
    apply(command, now) {
      switch (command.type) {
        case 'limit':
          setPoints = ofCharger(command.charger, { limit: command.amps });
          leaseUntil = leasedFrom(now);
          break;
        case 'charging':
          setPoints = ofCharger(command.charger, { charging: command.enabled });
          break;
        case 'circuit':
          setPoints = { ...setPoints, circuit: command.amps };
          leaseUntil = leasedFrom(now);
          break;
        case 'chargeNow':
          chargeNow = { amps: command.amps, until: now + command.seconds * 1_000 };
          break;
        case 'chargeNowEnd':
          chargeNow = undefined;
          break;
      }
      targets = targetsNow();
    },
    advance(now) {
      const over = chargeNow !== undefined && now >= chargeNow.until;
      const ranOut = now >= leaseUntil;
      if (!over && !ranOut) return false;
      if (over) chargeNow = undefined;
      if (ranOut) {
        leaseUntil = never;
        setPoints = fallenBack(setPoints, Math.max(lease.safeAmps, limits.minAmpsPerTWC));
      }
      targets = targetsNow();
      return true;
    },
    get targets() {
      return targets;
    },
    get setPoints() {
      return setPoints;
    },
    leaseLeft: (now) => (leaseUntil === never ? undefined : Math.max(0, Math.ceil((leaseUntil - now) / 1_000))),
    get wakeAt() {
      return Math.min(leaseUntil, chargeNow?.until ?? never);
    },
  };
}

/** A command as a person would say it. */
export function describeCommand(command: Command): string {
  switch (command.type) {
    case 'limit':
      return `${command.charger}: limit ${command.amps} A`;
    case 'charging':
      return `${command.charger}: charging ${command.enabled ? 'allowed' : 'not allowed'}`;
    case 'circuit':
      return `circuit limit ${command.amps} A`;
    case 'chargeNow':
      return `charge now with ${command.amps} A for ${command.seconds} s`;
    case 'chargeNowEnd':
      return 'end charging now';
  }
}

function hasAmps({ circuit, chargers }: SetPoints): boolean {
  return circuit !== undefined || Object.values(chargers).some(({ limit }) => limit !== undefined);
}

/** Whatever amps were set are the safe ones now, unless they were lower already. */
function fallenBack({ circuit, chargers }: SetPoints, safe: number): SetPoints {
  const lower = (amps: number) => Math.min(amps, safe);
  return {
    ...(circuit !== undefined && { circuit: lower(circuit) }),
    chargers: Object.fromEntries(
      Object.entries(chargers).map(([id, one]) => [
        id,
        { ...one, ...(one.limit !== undefined && { limit: lower(one.limit) }) },
      ]),
    ),
  };
}
