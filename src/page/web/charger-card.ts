// One charger as a card.

import type { Facts } from '../wire.ts';
import { ampsControl, type Control, switchControl } from './controls.ts';
import { showDetails } from './details.ts';
import { h, put } from './dom.ts';
import { amperes, type ChargerView, power } from './model.ts';

export interface ChargerCard {
  readonly element: HTMLElement;
  show(charger: ChargerView, place: number, able: boolean): void;
}

const withoutRelay =
  'Off lowers it as far as it lets itself be lowered: most chargers that charge go on with 6 A. To stop a car, use the car.';
const withRelay =
  'Off opens the relay of a charger that can not be stopped otherwise. A Tesla then shows a fault and has to be plugged in again.';

export function createChargerCard(id: string, { relay }: Pick<Facts, 'relay'>): ChargerCard {
  const of = `Charger ${id}`;
  let shown: ChargerView | undefined;
  const pill = h('span', { class: 'pill' });
  const state = h('p', { class: 'state' });
  const amps = h('span', { class: 'number' });
  const watts = h('span', { class: 'number' });
  const may = h('p', { class: 'may' });
  const gauge = h(
    'div',
    { class: 'gauge', 'aria-hidden': 'true' },
    h('div', { class: 'held' }),
    h('div', { class: 'drawn' }),
  );
  const car = h('p', { class: 'car' });
  const session = h('p', { class: 'car' });
  const limit = ampsControl({
    label: 'Limit',
    of,
    topic: `${id}/set/limit`,
    range: () => shown?.range ?? { min: 0, max: 0 },
  });
  const allowed = switchControl({
    label: 'Charging allowed',
    of,
    topic: `${id}/set/charging`,
    hint: relay ? withRelay : withoutRelay,
  });
  const list = h('dl');
  const more = h('details', {}, h('summary', { 'aria-label': `More of charger ${id}` }, 'More'), list);
  const element = h(
    'li',
    { class: 'card charger', id: `charger-${id}` },
    h('div', { class: 'line' }, h('h3', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), id), pill),
    state,
    h('p', { class: 'figures' }, amps, ' ', watts),
    gauge,
    may,
    car,
    session,
    h('div', { class: 'controls' }, limit.element, allowed.element),
    more,
  );
  return {
    element,
    show(charger, place, able) {
      shown = charger;
      element.dataset.place = String(place % 4);
      element.dataset.state = stateOf(charger);
      put(pill, pillText[stateOf(charger)]);
      put(state, charger.stateText);
      put(amps, charger.amps === undefined ? '– A' : amperes(charger.amps));
      put(watts, charger.watts === undefined ? '' : power(charger.watts));
      const { max } = charger.range;
      gauge.style.setProperty('--drawn', `${share(charger.amps ?? 0, max)}%`);
      gauge.style.setProperty('--held', `${share(charger.held, max)}%`);
      put(may, charger.online ? `May take ${charger.held} A` : 'Takes nothing as far as is known');
      put(car, charger.car);
      put(session, charger.session);
      showControls(charger, [limit, allowed], able);
      showDetails(list, charger.details);
    },
  };
}

const pillText = { offline: 'Offline', error: 'Error', charging: 'Charging', idle: 'Idle' } as const;

function stateOf({ online, inError, charging }: ChargerView): keyof typeof pillText {
  if (!online) return 'offline';
  if (inError) return 'error';
  return charging ? 'charging' : 'idle';
}

function showControls(charger: ChargerView, [limit, allowed]: readonly [Control, Control], able: boolean): void {
  limit.show(charger.limit === undefined ? undefined : String(charger.limit), able);
  allowed.show(charger.allowed ? '1' : '0', able);
}

function share(amps: number, of: number): number {
  return Math.min(100, (100 * amps) / Math.max(1, of));
}
