// What people want of the chargers: set points that came as commands, bounded by the configuration.

import { savedId } from '../charger/saved.ts';
import { isTwcId, type TwcId } from '../protocol/field.ts';
import { integer, object, optional, record, type TypeOf, yesOrNo } from '../schema.ts';
import type { Limits } from './limits.ts';

/** What is wanted now. */
export interface Targets {
  /** Since when: an owner who asks for something does not wait for the pace of our own changes. */
  readonly since: number;
  /** Amperes of the circuit to divide; never above the configured circuit. */
  readonly circuit: number;
  /** Until when "charge now" holds; undefined while it does not. */
  readonly chargeNowUntil?: number | undefined;
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

/** What was asked for, and for how long it holds. */
export class Control {
  readonly #limits: Limits;
  readonly #lease: LeaseSettings;
  #setPoints: SetPoints;
  #chargeNow: { readonly amps: number; readonly until: number } | undefined;
  #leaseUntil: number;
  #targets: Targets;

  constructor(limits: Limits, lease: LeaseSettings, saved: SetPoints, startedAt: number) {
    this.#limits = limits;
    this.#lease = lease;
    this.#setPoints = saved;
    this.#leaseUntil = hasAmps(saved) ? this.#leasedFrom(startedAt) : NEVER;
    this.#targets = this.#targetsSince(startedAt);
  }

  /** What is wanted now. The same object as long as nothing changed. */
  get targets(): Targets {
    return this.#targets;
  }

  get setPoints(): SetPoints {
    return this.#setPoints;
  }

  get wakeAt(): number {
    return Math.min(this.#leaseUntil, this.#chargeNow?.until ?? NEVER);
  }

  apply(command: Command, now: number): void {
    switch (command.type) {
      case 'limit':
        this.#setPoints = this.#ofCharger(command.charger, { limit: command.amps });
        this.#leaseUntil = this.#leasedFrom(now);
        break;
      case 'charging':
        this.#setPoints = this.#ofCharger(command.charger, { charging: command.enabled });
        if (command.enabled) this.#endStop(command.charger, now);
        break;
      case 'circuit':
        this.#setPoints = { ...this.#setPoints, circuit: command.amps };
        this.#leaseUntil = this.#leasedFrom(now);
        break;
      case 'chargeNow':
        this.#chargeNow = { amps: command.amps, until: now + command.seconds * 1_000 };
        break;
      case 'chargeNowEnd':
        this.#chargeNow = undefined;
        break;
    }
    const targets = this.#targetsSince(now);
    // What is asked for again is nothing new.
    const since = this.#areWanted(targets) ? this.#targets.since : now;
    this.#targets = { ...targets, since };
  }

  /** What was asked for this charger holds no more. */
  forget(id: TwcId): void {
    const { [id]: gone, ...chargers } = this.#setPoints.chargers;
    if (!gone) return;
    this.#setPoints = { ...this.#setPoints, chargers };
    this.#targets = this.#targetsSince(this.#targets.since);
  }

  /** Time passed: what has run out is over. True if something was. */
  advance(now: number): boolean {
    const over = this.#chargeNow !== undefined && now >= this.#chargeNow.until;
    const ranOut = now >= this.#leaseUntil;
    if (!over && !ranOut) return false;
    if (over) this.#chargeNow = undefined;
    if (ranOut) {
      this.#leaseUntil = NEVER;
      this.#setPoints = fallenBack(this.#setPoints, Math.max(this.#lease.safeAmps, this.#limits.minAmpsPerTWC));
    }
    this.#targets = this.#targetsSince(now);
    return true;
  }

  /** Seconds until the set points fall back, undefined while they do not. */
  leaseLeft(now: number): number | undefined {
    return this.#leaseUntil === NEVER ? undefined : Math.max(0, Math.ceil((this.#leaseUntil - now) / 1_000));
  }

  /** A limit of 0 holds until charging is allowed again. */
  #endStop(id: TwcId, now: number): void {
    if (this.#setPoints.chargers[id]?.limit !== 0) return;
    this.#setPoints = this.#ofCharger(id, { limit: this.#limits.maxAmpsPerTWC });
    this.#leaseUntil = this.#leasedFrom(now);
  }

  #leasedFrom(now: number): number {
    return this.#lease.leaseSeconds > 0 ? now + this.#lease.leaseSeconds * 1_000 : NEVER;
  }

  #targetsSince(since: number): Targets {
    const { maxAmpsForSlaves, maxAmpsPerTWC } = this.#limits;
    const { circuit = maxAmpsForSlaves, chargers } = this.#setPoints;
    if (this.#chargeNow) {
      const all = { limit: maxAmpsPerTWC, enabled: true };
      const { amps, until } = this.#chargeNow;
      return { since, circuit: Math.min(amps, maxAmpsForSlaves), chargeNowUntil: until, of: () => all };
    }
    return {
      since,
      circuit: Math.min(circuit, maxAmpsForSlaves),
      of(id) {
        const { limit = maxAmpsPerTWC, charging = true } = chargers[id] ?? {};
        return { limit: Math.min(limit, maxAmpsPerTWC), enabled: charging };
      },
    };
  }

  #areWanted(targets: Targets): boolean {
    const ids = Object.keys(this.#setPoints.chargers).filter(isTwcId);
    return targets.circuit === this.#targets.circuit && ids.every((id) => isSame(targets.of(id), this.#targets.of(id)));
  }

  #ofCharger(id: TwcId, change: SetPoints['chargers'][string]): SetPoints {
    const { chargers } = this.#setPoints;
    return { ...this.#setPoints, chargers: { ...chargers, [id]: { ...chargers[id], ...change } } };
  }
}

const NEVER = Number.POSITIVE_INFINITY;

function isSame(one: Target, other: Target): boolean {
  return one.limit === other.limit && one.enabled === other.enabled;
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

/** The amps that were set become the safe ones, unless they were lower already. */
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
