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
  for (const rank of ['held', 'wants', 'rests'] as const) {
    for (const claim of rotated(claims, now)) if (claim.rank === rank) division.giveLeast(claim, least);
  }
  division.fill(least, ({ most }) => most);
  for (const claim of claims) if (claim.rank === 'idle') division.giveLeast(claim, least);
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

/** The amps that are left, and what was given of them. */
class Division {
  readonly #claims: readonly Claim[];
  readonly #suspects: ReadonlySet<TwcId>;
  readonly #now: number;
  readonly #given: Map<TwcId, number>;
  #left: number;

  constructor(claims: readonly Claim[], circuit: number, suspects: ReadonlySet<TwcId>, now: number) {
    this.#claims = claims;
    this.#suspects = suspects;
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
      let poorest: Claim | undefined;
      for (const one of this.#claims) {
        const has = this.#has(one);
        if (has < least || has >= bound(one) || (poorest && this.#has(poorest) <= has)) continue;
        if (this.#price(one, has + 1) <= this.#left + ROUNDING) poorest = one;
      }
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
    const paid = has === V2_FLOOR && claim.rank === 'held' ? claim.floor : this.#cost(claim, has);
    return this.#cost(claim, amps) - paid;
  }

  #cost({ charger }: Claim, amps: number): number {
    const cost = costOf(charger, amps, this.#now);
    return this.#suspects.has(charger.id) ? Math.max(cost, amps * SUSPECTED) : cost;
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
