// Charging sessions: those that run, the newest that are over, and totals per month, charger and car.

import type { Facts, Sessions } from '../wire.ts';
import { createChoice } from './choice.ts';
import { h, heading, part, setChildren, setText } from './dom.ts';
import { counted, formatCost, formatDuration, formatEnergy, formatHours, formatMonth, formatTime } from './format.ts';
import type { ChargerView } from './model.ts';
import { choices, type SessionFilter, totalsOf } from './session-totals.ts';
import { carName, chargerName, createTotalsTable, type TotalsTable, table } from './totals-table.ts';

const NO_SESSIONS: Sessions = { newest: [], count: 0, totals: [] };

export class SessionsView {
  readonly #facts: Facts;
  readonly #filters = { month: createChoice('Month'), charger: createChoice('Charger'), vin: createChoice('Car') };
  readonly #filterBox = h('div', { class: 'filters' }, ...Object.values(this.#filters).map(({ element }) => element));
  readonly #download = h('a', { class: 'plain', href: 'api/sessions.csv', download: '' }, 'Download CSV');
  readonly #rows = h('tbody');
  readonly #table: HTMLElement;
  readonly #total = h('p', { class: 'total-line' });
  readonly #hint = h('p', { class: 'hint' });
  readonly #totals: TotalsTable;
  #known = NO_SESSIONS;
  #running: readonly ChargerView[] = [];
  #reads = 0;

  constructor(facts: Facts) {
    this.#facts = facts;
    this.#totals = createTotalsTable(facts);
    this.#table = table('sessions-table', columnNames(facts), this.#rows);
    const section = part('sessions');
    const title = h('div', { class: 'line' }, heading(section), this.#download);
    section.replaceChildren(title, this.#filterBox, this.#total, this.#table, this.#hint, this.#totals.element);
    for (const filter of Object.values(this.#filters)) filter.changed(() => void this.refresh());
  }

  /** Reads the sessions again: one may have ended. Resolves when they are shown. */
  async refresh(): Promise<void> {
    const turn = ++this.#reads;
    const chosen = Object.entries(this.#chosen()).filter((one): one is [string, string] => one[1] !== undefined);
    const answer = await fetch(`api/sessions?${new URLSearchParams(chosen)}`).catch(() => undefined);
    if (!answer?.ok || turn !== this.#reads) return;
    // The server of this page sends what is declared.
    this.#known = (await answer.json()) as Sessions;
    this.#render();
  }

  /** What runs at this moment. */
  show(chargers: readonly ChargerView[]): void {
    this.#running = chargers.filter(({ session }) => session !== undefined);
    this.#render();
  }

  #chosen(): SessionFilter {
    const { month, charger, vin } = this.#filters;
    return { month: month.value, charger: charger.value, vin: vin.value };
  }

  #render(): void {
    const facts = this.#facts;
    const { newest, totals } = this.#known;
    const some = totals.length > 0;
    this.#offerChoices();
    for (const element of [this.#filterBox, this.#download, this.#totals.element]) element.hidden = !some;
    const chosen = this.#chosen();
    const running = this.#running.filter(({ id }) => (chosen.charger ?? id) === id);
    const rows = [...running.map((one) => runningRow(one, facts)), ...newest.map((one) => finishedRow(one, facts))];
    this.#table.hidden = rows.length === 0;
    setChildren(this.#rows, rows, () => rows.map((one) => tableRow(one, columnNames(facts))));
    setText(this.#total, some ? describeTotal(this.#known, chosen, facts) : '');
    setText(this.#hint, describeRest(this.#known, rows.length));
    this.#totals.show(totals, chosen);
  }

  #offerChoices(): void {
    const facts = this.#facts;
    const { months, chargers, vins } = choices(this.#known.totals);
    const named = (keys: readonly string[], name: (key: string) => string) =>
      keys.map((key) => [key, name(key)] as const);
    this.#filters.month.offer(named(months, formatMonth), 'All months');
    this.#filters.charger.offer(
      named(chargers, (id) => chargerName(id, facts)),
      'All chargers',
    );
    this.#filters.vin.offer(
      named(vins, (vin) => carName(vin, facts)),
      'All cars',
    );
  }
}

/** What the table leaves out, or that it is empty. */
function describeRest({ newest, count }: Sessions, rows: number): string {
  if (newest.length < count) return `The newest ${newest.length} of ${count} are listed.`;
  return rows === 0 ? 'No session is over yet.' : '';
}

interface Row {
  readonly isRunning: boolean;
  readonly cells: readonly string[];
}

function columnNames({ price }: Facts): readonly string[] {
  return ['Began', 'Charger', 'Car', 'Duration', 'Energy', ...(price ? ['Cost'] : []), 'Peak'];
}

function runningRow({ id, session, car, amps, status }: ChargerView, facts: Facts): Row {
  const kWh = session?.kWh;
  const cells = [
    formatTime(session?.start ?? 0),
    chargerName(id, facts),
    car,
    formatHours(session?.seconds ?? 0),
    kWh === undefined ? '–' : formatEnergy(kWh),
    ...(facts.price ? [kWh === undefined ? '–' : formatCost(kWh, facts.price)] : []),
    status === 'charging' ? `now ${(amps ?? 0).toFixed(1)} A` : 'waiting',
  ];
  return { isRunning: true, cells };
}

function finishedRow(
  { start, charger, seconds, kWh, energyFrom, peakAmps, vin }: Sessions['newest'][number],
  facts: Facts,
): Row {
  const isKnown = energyFrom !== 'none';
  const about = energyFrom === 'meter' ? '' : '≈ ';
  const cells = [
    formatTime(Date.parse(start)),
    chargerName(charger, facts),
    carName(vin, facts),
    formatHours(seconds),
    isKnown ? `${about}${formatEnergy(kWh)}` : '–',
    ...(facts.price ? [isKnown ? formatCost(kWh, facts.price) : '–'] : []),
    `${peakAmps.toFixed(1)} A`,
  ];
  return { isRunning: false, cells };
}

function tableRow({ isRunning, cells }: Row, names: readonly string[]): HTMLElement {
  const [first = '', ...others] = cells.map((text, i) => h('td', { 'data-column': names[i] ?? '' }, text));
  if (isRunning && first instanceof HTMLElement) first.prepend(h('span', { class: 'live' }, 'Running'), ' ');
  return h('tr', isRunning ? { class: 'running' } : {}, first, ...others);
}

function describeTotal({ totals, count }: Sessions, filter: SessionFilter, { price }: Facts): string {
  const { kWh, seconds } = totalsOf(totals, filter);
  const cost = price ? [formatCost(kWh, price)] : [];
  return [counted(count, 'finished session'), formatEnergy(kWh), ...cost, formatDuration(seconds)].join(' · ');
}
