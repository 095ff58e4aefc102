// What the last hours looked like: a sample a minute of what every charger drew and what the circuit was. Kept in memory
// only, and never more than half a day of it.

/** Amperes at the end of a minute. */
export interface Sample {
  /** Of the circuit; undefined while not known. */
  readonly limit: number | undefined;
  /** By charger. */
  readonly amps: Readonly<Record<string, number>>;
}

export interface Samples {
  /** Time passed, and these are the newest values by topic. Gives the samples that are new; `now` is monotonic, in ms. */
  note(values: Values, now: number): readonly Sample[];
  /** Oldest first. */
  readonly samples: readonly Sample[];
  /** When the last sample was taken, on the same clock. */
  readonly lastAt: number;
}

/** Payloads by their topic below the prefix. */
type Values = ReadonlyMap<string, string>;

export const SAMPLE_EVERY = 60_000;
export const MOST_SAMPLES = 720;

export function createSamples(startedAt: number): Samples {
  let samples: readonly Sample[] = [];
  let lastAt = startedAt;
  return {
    note(values, now) {
      const passed = Math.floor((now - lastAt) / SAMPLE_EVERY);
      if (passed < 1) return [];
      lastAt += passed * SAMPLE_EVERY;
      // Whoever slept knows only how it is now.
      const fresh = new Array<Sample>(Math.min(passed, MOST_SAMPLES)).fill(sample(values));
      samples = [...samples, ...fresh].slice(-MOST_SAMPLES);
      return fresh;
    },
    get samples() {
      return samples;
    },
    get lastAt() {
      return lastAt;
    },
  };
}

function sample(values: Values): Sample {
  const amps: Record<string, number> = {};
  for (const [topic, payload] of values) {
    const id = /^([0-9A-F]{4})\/ampsInUse$/.exec(topic)?.[1];
    if (id !== undefined) amps[id] = Number(payload);
  }
  const limit = values.get('config/maxAmpsForSlaves');
  return { limit: limit === undefined ? undefined : Number(limit), amps };
}
