// What every topic says: one store of the topic tables' values that tells what has changed. A value is written out only
// when it is another one, since most frames change nothing that people see.

import type { Charger } from '../charger/charger.ts';
import type { TwcId } from '../protocol/field.ts';
import { bridgeTopics } from './bridge-topics.ts';
import { chargerTopics } from './charger-topics.ts';
import { type Overview, type Row, type Rows, type Value, written } from './row.ts';

export interface TopicSettings {
  readonly topicPrefix: string;
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
  /** Lower goes out first when several are due. */
  readonly rank: number;
}

/** A row in its place, and what it said last. */
interface Shown<Subject> {
  readonly row: Row<Subject>;
  readonly name: string;
  readonly limit: number;
  readonly rank: number;
  value: Value;
  payload: string | undefined;
}

/** When all is said again values come first, then who is available, then that the bridge is. */
const ranks: Readonly<Record<string, number>> = { availability: 2, status: 3 };

export class Values {
  readonly #settings: Omit<TopicSettings, 'topicPrefix'>;
  readonly #bridge: readonly Shown<Overview>[];
  readonly #chargers = new Map<TwcId, readonly Shown<Charger>[]>();
  #overview: Overview | undefined;

  constructor(settings: Omit<TopicSettings, 'topicPrefix'>) {
    this.#settings = settings;
    this.#bridge = this.#placed(bridgeTopics, '');
  }

  /** The topics that say something else than before; unknown values are left out. */
  changes(overview: Overview): readonly Change[] {
    const before = this.#overview;
    if (before && same(before, overview)) return [];
    this.#overview = overview;
    const others = !before || before.setPoints !== overview.setPoints || before.sessions !== overview.sessions;
    const changes: Change[] = [];
    for (const [index, charger] of overview.chargers.entries()) {
      if (others || before.chargers[index] !== charger) look(this.#rowsOf(charger.id), charger, overview, changes);
    }
    look(this.#bridge, overview, overview, changes);
    return changes;
  }

  #rowsOf(id: TwcId): readonly Shown<Charger>[] {
    const rows = this.#chargers.get(id) ?? this.#placed(chargerTopics, `${id}/`);
    this.#chargers.set(id, rows);
    return rows;
  }

  #placed<Subject>(rows: Rows<Subject>, place: string): Shown<Subject>[] {
    const { ratelimit, ratelimitOverrides } = this.#settings;
    return Object.entries(rows).map(([name, row]) => ({
      row,
      name: `${place}${name}`,
      limit: row.urgent ? 0 : (ratelimitOverrides[name] ?? ratelimit),
      rank: ranks[name] ?? 1,
      value: undefined,
      payload: undefined,
    }));
  }
}

function look<Subject>(rows: readonly Shown<Subject>[], subject: Subject, overview: Overview, changes: Change[]): void {
  for (const shown of rows) {
    const value = shown.row.value?.(subject, overview);
    if (value === shown.value || value === undefined) continue;
    shown.value = value;
    const payload = written(value, shown.row.decimals);
    if (payload === shown.payload || payload === undefined) continue;
    shown.payload = payload;
    changes.push({ name: shown.name, payload, limit: shown.limit, rank: shown.rank });
  }
}

function same(before: Overview, { chargers, targets, setPoints, sessions, findings, stats }: Overview): boolean {
  return (
    before.targets === targets &&
    before.setPoints === setPoints &&
    before.sessions === sessions &&
    before.findings === findings &&
    before.stats === stats &&
    before.chargers.length === chargers.length &&
    before.chargers.every((charger, index) => charger === chargers[index])
  );
}
