// What every topic says: one store of the topic tables' values that tells what has changed. A value is written out only
// when it is another one, since most frames change nothing that people see.

import type { Charger } from '../charger/charger.ts';
import type { TwcId } from '../protocol/field.ts';
import { bridgeTopics } from './bridge-topics.ts';
import { chargerTopics } from './charger-topics.ts';
import { Edge } from './edge.ts';
import { type Overview, type Row, type Rows, type Value, written } from './row.ts';

export interface RateLimits {
  /** Milliseconds between two updates of one topic; 0 publishes every change. */
  readonly ratelimit: number;
  /** Other limits for single topics, by the name they have below the prefix or the charger: `state`, `all/totalAmpsInUse`. */
  readonly ratelimitOverrides: Readonly<Record<string, number>>;
}

/** A topic that says something else now. */
export interface Change {
  /** Below the prefix. */
  readonly name: string;
  readonly payload: string;
  /** Milliseconds between two updates of this topic; 0 for no limit. */
  readonly limit: number;
  /** Now, whatever the limit. */
  readonly atOnce: boolean;
  /** Lower goes out first when several are due. */
  readonly rank: number;
  /** The topic is not ours any more. */
  readonly last?: true;
}

/** A row in its place, and what it said last. */
interface Shown<Subject> {
  readonly row: Row<Subject>;
  readonly name: string;
  readonly limit: number;
  /** At an edge it is said at once. */
  readonly passes: boolean;
  value: Value;
  payload: string | undefined;
}

interface ShownCharger {
  readonly rows: readonly Shown<Charger>[];
  readonly edge: Edge;
}

export class Values {
  readonly #limits: RateLimits;
  readonly #bridge: readonly Shown<Overview>[];
  readonly #live: readonly Shown<Overview>[];
  readonly #chargers = new Map<TwcId, ShownCharger>();
  #overview: Overview | undefined;

  constructor(limits: RateLimits) {
    this.#limits = limits;
    const rows = this.#placed(bridgeTopics, '');
    this.#live = rows.filter(({ row }) => row.live);
    this.#bridge = rows.filter(({ row }) => !row.live);
  }

  /** The topics that say something else than before; unknown values are left out. */
  changes(overview: Overview): readonly Change[] {
    const before = this.#overview;
    if (before && same(before, overview)) return [];
    this.#overview = overview;
    const changes: Change[] = [];
    let anyEdge = false;
    for (const [index, charger] of overview.chargers.entries()) {
      if (before && before.chargers[index] === charger && !ofChargerDiffers(charger.id, before, overview)) continue;
      const { rows, edge } = this.#shown(charger.id);
      const passed = edge.passed(charger);
      anyEdge ||= passed;
      look(rows, charger, overview, passed, changes);
    }
    look(this.#live, overview, overview, anyEdge, changes);
    if (!before || restDiffers(before, overview)) look(this.#bridge, overview, overview, false, changes);
    return changes;
  }

  /** What topics say when the bridge ends: a charger that no bridge speaks with is not available. */
  shutdown(): readonly Change[] {
    return [...this.#chargers.keys()].map((id) => ({
      name: `${id}/availability`,
      payload: 'offline',
      limit: 0,
      atOnce: true,
      rank: 1,
    }));
  }

  /** The charger is not known any more: all its topics are empty, those too that only an earlier run has filled. */
  forget(id: TwcId): readonly Change[] {
    const { rows } = this.#shown(id);
    this.#chargers.delete(id);
    const published = rows.filter(({ row }) => row.value);
    return published.map(({ name }) => ({ name, payload: '', limit: 0, atOnce: true, rank: 1, last: true }));
  }

  #shown(id: TwcId): ShownCharger {
    const shown = this.#chargers.get(id) ?? { rows: this.#placed(chargerTopics, `${id}/`), edge: new Edge() };
    this.#chargers.set(id, shown);
    return shown;
  }

  #placed<Subject>(rows: Rows<Subject>, place: string): Shown<Subject>[] {
    const { ratelimit, ratelimitOverrides } = this.#limits;
    return Object.entries(rows).map(([name, row]) => {
      const own = ratelimitOverrides[name];
      const limit = own ?? (row.pace === 'discrete' && !row.lasting ? 0 : ratelimit);
      const passes = own === undefined && row.pace !== 'documented';
      return { row, name: `${place}${name}`, limit, passes, value: undefined, payload: undefined };
    });
  }
}

function look<Subject>(
  rows: readonly Shown<Subject>[],
  subject: Subject,
  overview: Overview,
  edge: boolean,
  changes: Change[],
): void {
  for (const shown of rows) {
    const { row, passes } = shown;
    const isAgain = edge && passes && row.pace === 'measured';
    if (!update(shown, row.value?.(subject, overview)) && !isAgain) continue;
    const atOnce = passes && (row.pace === 'discrete' ? (row.lasting?.(subject) ?? true) : edge);
    const { name, limit, payload } = shown;
    if (payload !== undefined) changes.push({ name, payload, limit, atOnce, rank: row.rank ?? 1 });
  }
}

/** Takes a new value; true if it is written differently. */
function update<Subject>(shown: Shown<Subject>, value: Value): boolean {
  if (value === shown.value || value === undefined) return false;
  shown.value = value;
  const payload = written(value, shown.row.decimals);
  if (payload === shown.payload) return false;
  shown.payload = payload;
  return true;
}

/** Nothing changed that a topic tells. */
function same(before: Overview, overview: Overview): boolean {
  return (
    !restDiffers(before, overview) &&
    before.chargers.length === overview.chargers.length &&
    before.chargers.every((charger, index) => charger === overview.chargers[index])
  );
}

/** What changed is not only in a charger. */
function restDiffers(before: Overview, overview: Overview): boolean {
  return (
    othersDiffer(before, overview) ||
    before.targets !== overview.targets ||
    before.findings !== overview.findings ||
    before.stats !== overview.stats
  );
}

/** What changed belongs to this charger. */
function ofChargerDiffers(id: TwcId, before: Overview, overview: Overview): boolean {
  if (before.setPoints !== overview.setPoints || before.chargeNow !== overview.chargeNow) return true;
  if (before.sessions.get(id) !== overview.sessions.get(id)) return true;
  return before.chargeStatuses.get(id) !== overview.chargeStatuses.get(id);
}

/** What changed is neither in a charger nor only of the bridge. */
function othersDiffer(before: Overview, { setPoints, chargeNow, sessions, chargeStatuses }: Overview): boolean {
  return (
    before.setPoints !== setPoints ||
    before.chargeNow !== chargeNow ||
    before.sessions !== sessions ||
    before.chargeStatuses !== chargeStatuses
  );
}
