// How the amps of the circuit are divided by demand.

import type { Charger } from '../charger/charger.ts';
import { isReserved, V2_FLOOR } from '../charger/commitment.ts';
import { sureDraw } from '../charger/excess.ts';
import type { TwcId } from '../protocol/field.ts';
import { type Claim, claimOf, costOf } from './claim.ts';
import { circuitAmps, type Sharing } from './sharing.ts';

/** When there is not enough for the minimum of all, the order changes this often (protocol 8.5). */
const ROTATE_EVERY = 15 * 60_000;
/** Sums of fractions are not exact. */
const ROUNDING = 1e-6;

/** What each charger that is heard is to have, whole A. */
export function allocate(sharing: Sharing, now: number): ReadonlyMap<TwcId, number> {
  const reserved = [...sharing.fleet.values()].filter((charger) => isReserved(charger, now));
  const claims = reserved.map((charger) => claimOf(charger, sharing.targets.of(charger.id), sharing.limits, now));
  const circuit = circuitAmps(sharing);
  const division = new Division(claims, circuit, suspects(reserved, circuit, now), now);
  const least = sharing.limits.minAmpsPerTWC;
  const first = Math.floor(now / ROTATE_EVERY);
  for (const rank of ['held', 'wants', 'rests'] as const) division.giveLeast(rank, least, first);
  division.fill(least, ({ most }) => most);
  division.giveLeast('idle', least);
  // What no other charger can use goes to those that do not seem to need it.
  division.fill(least, ({ cap, most, resting }) => (resting ? most : cap));
  return division.shares;
}

/** So much more than any limit may a car draw whose excess is still being learnt. */
const SUSPECTED = 1.1;
/** How far a car that takes all it may is seen from its limit, and what is more than rounding, A. */
const AT_LIMIT = 0.2;
const REALLY = 0.3;

/**
 * The chargers that draw all they may, while all together draw more than the circuit although no limit was lowered just now:
 * who of them takes too much is not known, and what each takes under a lower limit neither.
 */
function suspects(chargers: readonly Charger[], circuit: number, now: number): ReadonlySet<TwcId> {
  const sure = chargers.flatMap(({ id, excess }) => {
    const drawn = sureDraw(excess, now);
    return drawn ? [{ id, ...drawn }] : [];
  });
  const limits = sure.reduce((sum, { limit }) => sum + limit, 0);
  const amps = sure.reduce((sum, { amps }) => sum + amps, 0);
  const isOver = amps > circuit + REALLY && limits <= circuit + REALLY;
  return new Set(isOver ? sure.filter(({ amps, limit }) => amps >= limit - AT_LIMIT).map(({ id }) => id) : []);
}

/** What a charger was given, and what that takes from the circuit, A. */
interface Account {
  readonly claim: Claim;
  readonly isSuspect: boolean;
  given: number;
  paid: number;
}

/** The amps that are left, and what was given of them. */
class Division {
  readonly #accounts: readonly Account[];
  readonly #now: number;
  #left: number;

  constructor(claims: readonly Claim[], circuit: number, suspects: ReadonlySet<TwcId>, now: number) {
    this.#now = now;
    // What cannot be stopped has its floor, whether the circuit has it or not.
    this.#left = claims.reduce((left, { floor }) => left - floor, circuit);
    this.#accounts = claims.map((claim) => {
      const isHeld = claim.rank === 'held';
      const isSuspect = suspects.has(claim.charger.id);
      return { claim, isSuspect, given: isHeld ? V2_FLOOR : 0, paid: isHeld ? claim.floor : 0 };
    });
  }

  get shares(): ReadonlyMap<TwcId, number> {
    const heard = this.#accounts.filter(({ claim }) => claim.rank !== 'fixed');
    return new Map(heard.map(({ claim, given }) => [claim.charger.id, given]));
  }

  /** To all of this rank as far as it goes, `first` in the order before the others. */
  giveLeast(rank: Claim['rank'], least: number, first = 0): void {
    const accounts = this.#accounts;
    for (let i = 0; i < accounts.length; i++) {
      const account = accounts[(first + i) % accounts.length];
      if (account?.claim.rank !== rank || account.claim.most < least || account.given >= least) continue;
      const cost = this.#cost(account, least);
      if (cost - account.paid <= this.#left + ROUNDING) this.#give(account, least, cost);
    }
  }

  /** Ampere by ampere to the charger that has least, so that none gets more while another could use it. */
  fill(least: number, bound: (claim: Claim) => number): void {
    for (;;) {
      let poorest: Account | undefined;
      let price = 0;
      for (const account of this.#accounts) {
        const { claim, given, paid } = account;
        if (given < least || given >= bound(claim) || (poorest && poorest.given <= given)) continue;
        const cost = this.#cost(account, given + 1);
        if (cost - paid > this.#left + ROUNDING) continue;
        poorest = account;
        price = cost;
      }
      if (!poorest) return;
      this.#give(poorest, poorest.given + 1, price);
    }
  }

  #cost({ claim: { charger }, isSuspect }: Account, amps: number): number {
    const cost = costOf(charger, amps, this.#now);
    return isSuspect ? Math.max(cost, amps * SUSPECTED) : cost;
  }

  #give(account: Account, amps: number, cost: number): void {
    this.#left -= cost - account.paid;
    account.given = amps;
    account.paid = cost;
  }
}
