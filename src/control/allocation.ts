// How the amps of the circuit are divided by demand.

import { isReserved, V2_FLOOR } from '../charger/commitment.ts';
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
  const division = new Division(claims, circuitAmps(sharing), now);
  const least = sharing.limits.minAmpsPerTWC;
  for (const rank of ['held', 'wants', 'rests'] as const) {
    for (const claim of rotated(claims, now)) if (claim.rank === rank) division.giveLeast(claim, least);
  }
  division.fill(least, ({ most }) => most);
  for (const claim of claims) if (claim.rank === 'idle') division.giveLeast(claim, least);
  // What no other charger can use goes to those that do not seem to need it.
  division.fill(least, ({ cap, most, resting }) => (resting ? most : cap));
  return division.shares;
}

/** The amps that are left, and what was given of them. */
class Division {
  readonly #claims: readonly Claim[];
  readonly #now: number;
  readonly #given: Map<TwcId, number>;
  #left: number;

  constructor(claims: readonly Claim[], circuit: number, now: number) {
    this.#claims = claims;
    this.#now = now;
    // What can not be stopped has its floor, whether the circuit has it or not.
    this.#left = claims.reduce((left, { floor }) => left - floor, circuit);
    this.#given = new Map(claims.map(({ charger, rank }) => [charger.id, rank === 'held' ? V2_FLOOR : 0]));
  }

  get shares(): ReadonlyMap<TwcId, number> {
    const heard = this.#claims.filter(({ rank }) => rank !== 'fixed');
    return new Map(heard.map((claim) => [claim.charger.id, this.#has(claim)]));
  }

  giveLeast(claim: Claim, least: number): void {
    if (claim.most >= least && this.#has(claim) < least) this.#give(claim, least);
  }

  /** Ampere by ampere to the charger that has least, so that none gets more while another could use it. */
  fill(least: number, bound: (claim: Claim) => number): void {
    for (;;) {
      const open = this.#claims.filter((one) => this.#has(one) >= least && this.#has(one) < bound(one));
      const affordable = open.filter((one) => this.#price(one, this.#has(one) + 1) <= this.#left + ROUNDING);
      const [poorest] = affordable.sort((a, b) => this.#has(a) - this.#has(b));
      if (!poorest) return;
      this.#give(poorest, this.#has(poorest) + 1);
    }
  }

  #has({ charger }: Claim): number {
    return this.#given.get(charger.id) ?? 0;
  }

  /** What it takes from the circuit to give a charger so much instead of what it has, A. */
  #price(claim: Claim, amps: number): number {
    const has = this.#has(claim);
    const paid = has === V2_FLOOR && claim.rank === 'held' ? claim.floor : costOf(claim.charger, has, this.#now);
    return costOf(claim.charger, amps, this.#now) - paid;
  }

  #give(claim: Claim, amps: number): void {
    const price = this.#price(claim, amps);
    if (price > this.#left + ROUNDING) return;
    this.#left -= price;
    this.#given.set(claim.charger.id, amps);
  }
}

function rotated(claims: readonly Claim[], now: number): readonly Claim[] {
  const first = Math.floor(now / ROTATE_EVERY) % Math.max(1, claims.length);
  return [...claims.slice(first), ...claims.slice(0, first)];
}
