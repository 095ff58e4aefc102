// What the owner's wiring allows.

/** Whole amperes, as configured: nothing ever goes above them. */
export interface Limits {
  /** Of the circuit that all chargers share. */
  readonly maxAmpsForSlaves: number;
  /** Of the wiring of one charger. */
  readonly maxAmpsPerTWC: number;
  /** Below this a car is not charged. */
  readonly minAmpsPerTWC: number;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** The least and most that a charger's limit can be set to, A. `ratedAmps`: its hardware's maximum, where that is known. */
export function chargerRange(
  { ratedAmps = Number.POSITIVE_INFINITY }: { readonly ratedAmps?: number },
  { maxAmpsForSlaves, maxAmpsPerTWC, minAmpsPerTWC }: Limits,
): Range {
  const max = Math.min(maxAmpsPerTWC, maxAmpsForSlaves, Math.floor(ratedAmps));
  return { min: minAmpsPerTWC, max: Math.max(minAmpsPerTWC, max) };
}

/** The least and most that the circuit can be set to, A: a house that has nothing left may say so. */
export function circuitRange({ maxAmpsForSlaves }: Limits): Range {
  return { min: 0, max: maxAmpsForSlaves };
}

/** The least and most that can be divided for a while whatever else is set, A. */
export function chargeNowRange({ maxAmpsForSlaves, minAmpsPerTWC }: Limits): Range {
  return { min: minAmpsPerTWC, max: maxAmpsForSlaves };
}
