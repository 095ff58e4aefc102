// Charging sessions: those that run, the newest that are over, and totals per month, charger and car.

import type { Facts, Sessions } from '../wire.ts';
import { h, heading, part, setChildren, setText } from './dom.ts';
import { counted, formatCost, formatDuration, formatEnergy, formatMonth, formatTime } from './format.ts';
import type { ChargerView } from './model.ts';
import { choices, type Grouping, type SessionFilter, totalsBy, totalsOf } from './session-totals.ts';

export interface SessionsView {
  /** Reads them anew: a session may have ended. Resolves when they are shown. */
  refresh(): Promise<void>;
  /** What runs at this moment. */
  show(chargers: readonly ChargerView[]): void;
}

const groupings: Readonly<Record<Grouping, string>> = { month: 'Month', charger: 'Charger', vin: 'Car' };

export function createSessions(facts: Facts): SessionsView {
  const section = part('sessions');
  const filters = { month: select('Month'), charger: select('Charger'), vin: select('Car') };
  const grouping = select('Totals per');
  const totalsTable = h('tbody');
  const totalsHeading = h('th', { scope: 'col' }, groupings.month);
  const rows = h('tbody');
  const total = h('p', { class: 'total-line' });
  const hint = h('p', { class: 'hint' });
  const download = h('a', { class: 'plain', href: 'api/sessions.csv', download: '' }, 'Download CSV');
  const filterBox = h('div', { class: 'filters' }, ...Object.values(filters).map(({ element }) => element));
  const names = columnNames(facts);
  const sessionTable = table('sessions-table', names, rows);
  const totals = h(
    'details',
    { class: 'totals' },
    h('summary', {}, 'Totals'),
    grouping.element,
    table('totals-table', ['Sessions', 'Time', 'Energy', ...(facts.price ? ['Cost'] : [])], totalsTable, totalsHeading),
  );
  section.replaceChildren(
    h('div', { class: 'line' }, heading(section), download),
    filterBox,
    total,
    sessionTable,
    hint,
    totals,
  );
  grouping.offer(Object.entries(groupings), undefined);
  let known: Sessions = { newest: [], count: 0, totals: [] };
  let running: readonly ChargerView[] = [];
  let asked = 0;

  function chosen(): SessionFilter {
    return { month: filters.month.value, charger: filters.charger.value, vin: filters.vin.value };
  }

  async function refresh(): Promise<void> {
    const turn = ++asked;
    const query = new URLSearchParams(
      Object.entries(chosen()).filter((one): one is [string, string] => one[1] !== undefined),
    );
    const answer = await fetch(`api/sessions?${query}`).catch(() => undefined);
    if (!answer?.ok || turn !== asked) return;
    // The server of this page sends what is declared.
    known = (await answer.json()) as Sessions;
    render();
  }

  function render(): void {
    const { newest, count, totals: all } = known;
    const some = all.length > 0;
    const { months, chargers, vins } = choices(all);
    filters.month.offer(
      months.map((one) => [one, formatMonth(one)] as const),
      'All months',
    );
    filters.charger.offer(
      chargers.map((one) => [one, chargerName(one, facts)] as const),
      'All chargers',
    );
    filters.vin.offer(
      vins.map((one) => [one, carName(one, facts)] as const),
      'All cars',
    );
    for (const element of [filterBox, download, totals]) element.hidden = !some;
    const live = running.filter(({ id }) => (filters.charger.value ?? id) === id);
    const rowsShown = [...live.map((one) => runningRow(one, facts)), ...newest.map((one) => finishedRow(one, facts))];
    sessionTable.hidden = rowsShown.length === 0;
    setChildren(rows, rowsShown, () => rowsShown.map((one) => tableRow(one, names)));
    setText(total, some ? describeTotal(known, chosen(), facts) : '');
    setText(
      hint,
      some
        ? newest.length < count
          ? `The newest ${newest.length} of ${count} are listed.`
          : ''
        : live.length > 0
          ? ''
          : 'No session is over yet.',
    );
    renderTotals();
  }

  function renderTotals(): void {
    // The options are the keys of the table of groupings.
    const by = (grouping.value ?? 'month') as Grouping;
    const label = {
      month: formatMonth,
      charger: (id: string) => chargerName(id, facts),
      vin: (vin: string) => carName(vin, facts),
    }[by];
    const lines = totalsBy(known.totals, chosen(), by).map(({ key, count, seconds, kWh }) => [
      label(key),
      String(count),
      formatDuration(seconds),
      formatEnergy(kWh),
      ...(facts.price ? [formatCost(kWh, facts.price)] : []),
    ]);
    setText(totalsHeading, groupings[by]);
    setChildren(totalsTable, lines, () => lines.map((cells) => h('tr', {}, ...cells.map((text) => h('td', {}, text)))));
  }

  for (const filter of Object.values(filters)) filter.changed(() => void refresh());
  grouping.changed(renderTotals);
  return {
    refresh,
    show(chargers) {
      running = chargers.filter(({ session }) => session !== undefined);
      render();
    },
  };
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
    formatDuration(session?.seconds ?? 0),
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
    formatDuration(seconds),
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
  return [counted(count, 'session'), formatEnergy(kWh), ...cost, formatDuration(seconds)].join(' · ');
}

function chargerName(id: string, { chargers }: Facts): string {
  return chargers[id]?.name ?? id;
}

function carName(vin: string, { vehicles }: Facts): string {
  return vehicles[vin] ?? (vin || 'Unknown car');
}

function table(name: string, columns: readonly string[], body: HTMLElement, ...first: HTMLElement[]): HTMLElement {
  const head = h(
    'tr',
    {},
    ...first,
    ...columns.map((column) => h('th', { scope: 'col', 'data-column': column }, column)),
  );
  return h('table', { class: name }, h('thead', {}, head), body);
}

/** A choice with its label. */
function select(label: string) {
  const options = h('select');
  return {
    element: h('label', { class: 'choice' }, h('span', {}, label), options),
    /** Undefined for all. */
    get value(): string | undefined {
      return options.value.startsWith('=') ? options.value.slice(1) : undefined;
    },
    offer(choices: readonly (readonly [string, string])[], all: string | undefined) {
      const before = options.value;
      setChildren(options, [choices, all], () => [
        ...(all === undefined ? [] : [h('option', { value: '' }, all)]),
        ...choices.map(([value, text]) => h('option', { value: `=${value}` }, text)),
      ]);
      if ([...options.options].some(({ value }) => value === before)) options.value = before;
    },
    changed(tell: () => void) {
      options.addEventListener('change', tell);
    },
  };
}
