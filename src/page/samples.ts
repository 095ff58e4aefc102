// What the last hours looked like: for every minute the mean current of each charger and the limit of the circuit. Never
// more than half a day of it; kept across a restart.

/** Means of one minute, A; null where nothing was known. */
export interface Sample {
  /** Of the circuit, at the end of the minute. */
  readonly limit: Amps;
  /** By charger. */
  readonly amps: Readonly<Record<string, Amps>>;
}

/** Many samples in columns of one length, oldest first. */
export interface SampleColumns {
  readonly limit: readonly Amps[];
  readonly amps: Readonly<Record<string, readonly Amps[]>>;
  /** Between two samples, ms. */
  readonly every: number;
  /** When the last one was complete, Unix ms. */
  readonly until: number;
}

type Amps = number | null;
/** Payloads by their topic below the prefix. */
type Values = ReadonlyMap<string, string>;

export const SAMPLE_EVERY = 60_000;
export const MOST_SAMPLES = 720;
const MOST_CHARGERS = 8;

interface Mean {
  readonly ampMilliseconds: number;
  readonly milliseconds: number;
}

export class Samples {
  #samples: readonly Sample[] = [];
  #means: ReadonlyMap<string, Mean> = new Map();
  #lastAt: number;
  #addedUntil: number;

  /** Monotonic milliseconds. */
  constructor(startedAt: number) {
    this.#lastAt = startedAt;
    this.#addedUntil = startedAt;
  }

  /** Time passed in which these values held. Gives the samples that are new. */
  advance(values: Values, now: number): readonly Sample[] {
    const minutes = Math.min(MOST_SAMPLES, Math.floor((now - this.#lastAt) / SAMPLE_EVERY));
    if (minutes < 1) {
      this.#add(values, now);
      return [];
    }
    this.#add(values, this.#lastAt + SAMPLE_EVERY);
    const first = this.#take(values);
    this.#lastAt = now - ((now - this.#lastAt) % SAMPLE_EVERY);
    this.#addedUntil = this.#lastAt;
    const fresh = [first, ...new Array<Sample>(minutes - 1).fill(current(values))];
    this.#samples = [...this.#samples, ...fresh].slice(-MOST_SAMPLES);
    this.#add(values, now);
    return fresh;
  }

  /** When the last sample was complete, on the monotonic clock. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** `wallClock`: Unix ms of a monotonic moment. */
  columns(wallClock: (at: number) => number): SampleColumns {
    const all = this.#samples;
    const ids = [...new Set(all.flatMap(({ amps }) => Object.keys(amps)))].sort().slice(0, MOST_CHARGERS);
    return {
      limit: all.map(({ limit }) => limit),
      amps: Object.fromEntries(ids.map((id) => [id, all.map(({ amps }) => amps[id] ?? null)])),
      every: SAMPLE_EVERY,
      until: Math.round(wallClock(this.#lastAt)),
    };
  }

  /** The samples from before a restart come before those of now; what was missed is a gap. */
  restore({ limit, amps, until }: SampleColumns, wallClock: (at: number) => number): void {
    const missed = Math.round((wallClock(this.#lastAt) - until) / SAMPLE_EVERY) - this.#samples.length;
    // After a clock was set back the gap is not known.
    if (missed < -1 || missed >= MOST_SAMPLES) return;
    const before = limit.map((one, i) => ({
      limit: one,
      amps: Object.fromEntries(Object.entries(amps).map(([id, column]) => [id, column[i] ?? null])),
    }));
    const gap = new Array<Sample>(Math.max(0, missed)).fill({ limit: null, amps: {} });
    this.#samples = [...before, ...gap, ...this.#samples].slice(-MOST_SAMPLES);
  }

  #add(values: Values, until: number): void {
    const milliseconds = until - this.#addedUntil;
    if (milliseconds <= 0) return;
    this.#addedUntil = until;
    const means = new Map(this.#means);
    for (const [id, amps] of ampsIn(values)) {
      const before = means.get(id) ?? { ampMilliseconds: 0, milliseconds: 0 };
      means.set(id, {
        ampMilliseconds: before.ampMilliseconds + amps * milliseconds,
        milliseconds: before.milliseconds + milliseconds,
      });
    }
    this.#means = means;
  }

  #take(values: Values): Sample {
    const means = [...this.#means].map(([id, one]) => [id, rounded(one.ampMilliseconds / one.milliseconds)] as const);
    this.#means = new Map();
    return { limit: limitIn(values), amps: Object.fromEntries(means) };
  }
}

/** The columns in a file's JSON, undefined where there are none. */
export function sampleColumns(json: unknown): SampleColumns | undefined {
  const { limit, amps, every, until } = (json ?? {}) as Partial<Record<keyof SampleColumns, unknown>>;
  if (every !== SAMPLE_EVERY || typeof until !== 'number' || !isColumn(limit)) return undefined;
  if (typeof amps !== 'object' || amps === null) return undefined;
  const columns = Object.entries(amps).filter(
    (entry): entry is [string, Amps[]] => /^[0-9A-F]{4}$/.test(entry[0]) && isColumn(entry[1]),
  );
  if (columns.some(([, column]) => column.length !== limit.length)) return undefined;
  return { limit, amps: Object.fromEntries(columns.slice(0, MOST_CHARGERS)), every, until };
}

function isColumn(json: unknown): json is Amps[] {
  return (
    Array.isArray(json) &&
    json.length <= MOST_SAMPLES &&
    json.every((one) => one === null || (typeof one === 'number' && one >= 0 && one < 1_000))
  );
}

/** What the values say at this moment. */
function current(values: Values): Sample {
  return { limit: limitIn(values), amps: Object.fromEntries(ampsIn(values)) };
}

function ampsIn(values: Values): [string, number][] {
  return [...values].flatMap(([topic, payload]) => {
    const id = /^([0-9A-F]{4})\/ampsInUse$/.exec(topic)?.[1];
    const amps = Number(payload);
    return id === undefined || payload === '' || !Number.isFinite(amps) ? [] : [[id, amps]];
  });
}

function limitIn(values: Values): Amps {
  const limit = Number(values.get('config/maxAmpsForSlaves'));
  return Number.isFinite(limit) ? limit : null;
}

function rounded(amps: number): number {
  return Math.round(amps * 100) / 100;
}
