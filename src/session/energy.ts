// The energy of one session. The charger's counter is the truth where it moves; what lies before its first step and after
// its last one is power added up. So whole kWh are no coarser than they must be, and lost frames cost nothing.

import { follows, type Reading } from '../charger/energy.ts';
import type { SessionRecord } from './record.ts';

export interface Account {
  /** Whether the charger tells anything that energy can be told from. */
  readonly known: boolean;
  /** kWh by power since the session began. */
  readonly powered: number;
  /** How much of it is settled by the counter, or lies before the counter's first step. */
  readonly settled: number;
  /** kWh by power before the counter's first step. */
  readonly before: number;
  /** kWh by the counter. */
  readonly counted: number;
  readonly counter?: Counter;
}

interface Counter extends Reading {
  readonly unit: 'kWh' | 'Wh';
  /** Whether it has moved in this session. */
  readonly moved: boolean;
}

export const emptyAccount: Account = { known: false, powered: 0, settled: 0, before: 0, counted: 0 };

/** Counted to this part it is energy by meter. */
const MOSTLY = 0.75;

export function kWhOf({ before, counted, powered, settled }: Account): number {
  return before + counted + powered - settled;
}

export function energyFrom(account: Account): SessionRecord['energyFrom'] {
  if (!account.known) return 'none';
  return account.counted > 0 && account.counted >= MOSTLY * kWhOf(account) ? 'meter' : 'power';
}

/** The account after a power was drawn for a while. */
export function powered(account: Account, kWh: number): Account {
  return kWh === 0 ? account : { ...account, powered: account.powered + kWh };
}

/** The account after a reading of the counter that is believed. */
export function counted(account: Account, reading: Omit<Counter, 'moved'>): Account {
  const { counter, unit, at } = reading;
  const { counter: last } = account;
  const fresh = account.powered - account.settled;
  const settled = account.powered;
  if (!last) return begun(account, account.before + fresh, reading);
  // What was taken for kWh is Wh, so nothing that was counted is true.
  if (last.unit === 'kWh' && unit === 'Wh') return begun({ ...account, counted: 0 }, account.powered, reading);
  if (last.at === at || unit !== last.unit) return account;
  const steps = counter - last.counter;
  const next = { ...account, settled, counter: { counter, unit, at, moved: last.moved || steps > 0 } };
  if (unit === 'Wh') return { ...next, counted: account.counted + steps / 1_000 };
  // As long as it does not move no more than one step can have been drawn.
  if (steps === 0) return { ...next, settled: Math.max(account.settled, settled - 1) };
  if (last.moved) return { ...next, counted: account.counted + steps };
  // Where between two steps the counter stood at first nobody knows: power tells, within that one step.
  const first = Math.min(1, Math.max(0, fresh - (steps - 1)));
  return { ...next, before: account.before + first, counted: account.counted + steps - 1 };
}

/** Whether the counter can have got from where the account left it to this reading. */
export function canFollow({ counter }: Account, reading: Omit<Counter, 'moved'>): boolean {
  return !counter || counter.unit !== reading.unit || follows(counter, reading, reading.unit);
}

function begun(account: Account, before: number, reading: Omit<Counter, 'moved'>): Account {
  return { ...account, known: true, before, settled: account.powered, counter: { ...reading, moved: false } };
}
