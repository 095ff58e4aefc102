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
