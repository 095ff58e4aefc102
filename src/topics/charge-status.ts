// Whether a car is there and charges, in the letters of IEC 61851 that evcc, openWB and others read. They take an empty
// value for a fault, so once a charger is heard there is always a letter: known where the unit tells, else the best guess.

import { type Charger, isCharging } from '../charger/charger.ts';
import { plug } from '../charger/plug.ts';
import type { TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';

/** No car, a car, a car that charges, an error, not heard. */
export type ChargeStatus = 'A' | 'B' | 'C' | 'E' | 'F';

export const chargeStatuses: readonly ChargeStatus[] = ['A', 'B', 'C', 'E', 'F'];

interface Seen {
  readonly charger: Charger;
  readonly status: ChargeStatus | undefined;
  /** Whether a car was there when that was last told. */
  readonly car: boolean;
  readonly carSeenAt: number;
  /** Since when the unit is there without a break, and whether it is decided since then what to say. */
  readonly onlineSince: number;
  readonly decided: boolean;
}

/** A unit reports a limit that it takes within this time. */
const TAKES_WITHIN = 3_000;
/** A unit without a master, or that was offered nothing, tells nothing: it is decided so long after it was met, or came back. */
const DECIDED_WITHIN = 15_000;
/** A car of which there was no sign for so long is gone. */
const CAR_REMEMBERED_FOR = 10 * 60_000;

/** Times are monotonic milliseconds. */
export class ChargeStatuses {
  readonly #seen = new Map<TwcId, Seen>();
  #statuses: ReadonlyMap<TwcId, ChargeStatus> = new Map();

  /** The status of each charger that was heard; the same map as long as it is the same. */
  get all(): ReadonlyMap<TwcId, ChargeStatus> {
    return this.#statuses;
  }

  /** Something was heard or time passed. */
  advance(chargers: readonly Charger[], now: number): void {
    let changed = false;
    for (const charger of chargers) {
      const before = this.#seen.get(charger.id);
      if (before?.charger === charger) continue;
      const seen = look(charger, before, now);
      this.#seen.set(charger.id, seen);
      changed ||= seen.status !== before?.status;
    }
    if (!changed) return;
    const known = [...this.#seen].flatMap(([id, { status }]) => (status ? [[id, status] as const] : []));
    this.#statuses = new Map(known);
  }
}

function look(charger: Charger, before: Seen | undefined, now: number): Seen {
  const told = carIn(charger, now);
  const onlineSince = charger.online ? Math.min(now, before?.onlineSince ?? charger.since) : Number.POSITIVE_INFINITY;
  const carSeenAt = told === true ? now : (before?.carSeenAt ?? Number.NEGATIVE_INFINITY);
  const forgotten = before?.car === true && now - carSeenAt >= CAR_REMEMBERED_FOR;
  const car = told ?? (before?.car === true && !forgotten);
  const decided =
    charger.online && (told !== undefined || now - onlineSince >= DECIDED_WITHIN || before?.decided === true);
  return { charger, car, carSeenAt, onlineSince, decided, status: statusOf(charger, decided ? car : undefined) };
}

function statusOf(charger: Charger, car: boolean | undefined): ChargeStatus | undefined {
  if (!charger.online) return charger.heardAt === undefined ? undefined : 'F';
  if (isState(charger.heartbeat, 'error')) return 'E';
  if (isCharging(charger)) return 'C';
  return car === undefined ? undefined : car ? 'B' : 'A';
}

/** Whether the unit tells of a car; undefined when it tells nothing. */
function carIn(charger: Charger, now: number): boolean | undefined {
  const { heartbeat, offer } = charger;
  const told = plug(charger);
  if (told !== 'unknown') return told === 'plugged';
  const refusesOffer = offer !== undefined && offer.amps > 0 && now - offer.at >= TAKES_WITHIN;
  return heartbeat?.limitAmps === 0 && refusesOffer ? false : undefined;
}
