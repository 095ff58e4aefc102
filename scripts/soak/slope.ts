// Whether a measure grows.

export interface Sample {
  /** Hours. */
  readonly at: number;
  readonly value: number;
}

/** Of the straight line that fits best (least squares): how much the value grows in an hour. */
export function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const at = mean((one) => one.at);
  const value = mean((one) => one.value);
  const along = samples.reduce((sum, one) => sum + (one.at - at) * (one.value - value), 0);
  return along / samples.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
}
