// One charger as a card: what it does and for which car, then its limit, then the rest folded away.

import type { Facts } from '../wire.ts';
import { AmpsControl, switchControl } from './controls.ts';
import { h, setText, showDetails, summary } from './dom.ts';
import { formatAmps, formatEnergy, formatHours, formatPower, percent } from './format.ts';
import type { ChargerView, Status } from './model.ts';
import { commandTopics } from './topics.ts';

export interface ChargerCard {
  readonly element: HTMLElement;
  show(charger: ChargerView, place: number, situation: Situation): void;
}

export interface Situation {
  /** Whether limits can be set now. */
  readonly able: boolean;
  /** Why a charger is not heard. */
  readonly silence: string;
}

const statusText: Readonly<Record<Status, string>> = {
  offline: 'Not heard',
  error: 'Error',
  charging: 'Charging',
  plugged: 'Car connected',
  unplugged: 'No car',
  ready: 'Ready',
};

type CardFacts = Pick<Facts, 'relay' | 'limits' | 'inApp' | 'chargers'>;

const LEAST_AMPS = 1;

export function createChargerCard(id: string, facts: CardFacts): ChargerCard {
  const of = facts.chargers[id]?.name ?? `Charger ${id}`;
  const name = h('span');
  const heading = h('h3', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), name);
  const pill = h('span', { class: 'pill' });
  const car = h('p', { class: 'car' });
  const power = figure('Power');
  const energy = figure('This session');
  const duration = figure('Duration');
  const gauge = h(
    'div',
    { class: 'gauge', 'aria-hidden': 'true' },
    h('div', { class: 'reserved' }),
    h('div', { class: 'drawn' }),
  );
  const current = h('span', { class: 'number' });
  const limitText = h('span', { class: 'number' });
  const off = h('p', { class: 'off' });
  const { controls, showControls } = chargerControls(id, of, facts);
  const list = h('dl');
  const element = h(
    'li',
    { class: 'card charger', id: `charger-${id}` },
    h('div', { class: 'line' }, heading, pill),
    car,
    h('dl', { class: 'figures' }, power.element, energy.element, duration.element),
    gauge,
    h('p', { class: 'line amps-line' }, current, limitText),
    off,
    controls,
    h('details', {}, summary('Details', `of ${of}`), list),
  );
  return {
    element,
    show(charger, place, { able, silence }) {
      element.dataset.place = String(place % 4);
      element.dataset.status = charger.status;
      setText(name, charger.name);
      setText(pill, statusText[charger.status]);
      setText(car, charger.online ? charger.car : silence);
      const { watts, amps } = charger;
      const session = charger.session ?? charger.lastSession;
      element.classList.toggle('finished', charger.session === undefined);
      energy.name(charger.session || !charger.lastSession ? 'This session' : 'Last session');
      power.show(watts === undefined ? (amps ? 'Not measured' : '–') : formatPower(watts));
      energy.show(session?.kWh === undefined ? '–' : formatEnergy(session.kWh));
      duration.show(session ? formatHours(session.seconds) : '–');
      gauge.style.setProperty('--drawn', `${share(amps ?? 0, charger.range.max)}%`);
      gauge.style.setProperty('--reserved', `${share(charger.reserved, charger.range.max)}%`);
      setText(current, charger.current);
      setText(limitText, describeLimit(charger));
      setText(off, charger.enabled ? '' : describeOff(charger, facts.relay));
      showControls(charger, able);
      showDetails(list, charger.details);
    },
  };
}

function chargerControls(id: string, of: string, { relay, limits, inApp }: CardFacts) {
  let shown: ChargerView | undefined;
  const limit = new AmpsControl({
    label: 'Limit',
    of,
    topic: `${id}/${commandTopics.limit}`,
    range: () => shown?.range ?? { min: 0, max: 0 },
    whyFixed: () => whyFixed(limits, inApp),
  });
  const enabled = switchControl({
    label: 'Charging allowed',
    of,
    topic: `${id}/${commandTopics.charging}`,
    hint: relay
      ? 'Off opens the relay of a charger that cannot be stopped otherwise. A Tesla then shows a fault and has to be plugged in again.'
      : 'Off reduces the current. Most chargers cannot go below 6 A; use the car to stop completely.',
  });
  return {
    controls: h(
      'details',
      { class: 'controls' },
      summary('Limit, on and off', `of ${of}`),
      h('div', { class: 'inside' }, limit.element, enabled.element),
    ),
    showControls(charger: ChargerView, able: boolean) {
      shown = charger;
      limit.show(charger.limit === undefined ? undefined : String(charger.limit), able);
      enabled.show(charger.enabled ? '1' : '0', able);
    },
  };
}

/** Why the limit can have one value only, and where to change that. */
function whyFixed({ minAmpsPerTWC, maxAmpsForSlaves, maxAmpsPerTWC }: Facts['limits'], inApp: boolean): string {
  const circuit = maxAmpsForSlaves <= minAmpsPerTWC;
  const setting = circuit ? 'maxAmpsForSlaves' : maxAmpsPerTWC <= minAmpsPerTWC ? 'maxAmpsPerTWC' : undefined;
  if (!setting) return 'This charger can take no more than the least that a car is charged with.';
  const what = circuit ? 'the circuit' : 'the wiring of a charger';
  const name = setting.replaceAll(/[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`);
  const where = inApp ? `the option ${name} of the app` : `config.${setting} in the configuration`;
  return `There is nothing to choose here: ${what} is configured with ${circuit ? maxAmpsForSlaves : maxAmpsPerTWC} A. If it carries more, raise ${where}.`;
}

function figure(label: string) {
  const name = h('dt', {}, label);
  const value = h('dd', { class: 'number' });
  return {
    element: h('div', {}, name, value),
    name: (text: string) => setText(name, text),
    show: (text: string) => setText(value, text),
  };
}

function describeLimit({ session, status, enabled, limit, offered }: ChargerView): string {
  if (limit === undefined) return '';
  if (limit === 0) return 'stopped by a limit of 0 A';
  const hasCar = session !== undefined || status === 'charging' || status === 'plugged';
  if (!hasCar || !enabled || offered === undefined || offered >= limit) return `limit ${limit} A`;
  return offered === 0 ? `waits for free amps, limit ${limit} A` : `may take ${offered} A now, limit ${limit} A`;
}

/** What off means for this charger at this moment. */
function describeOff({ amps = 0 }: ChargerView, relay: boolean): string {
  if (amps < LEAST_AMPS) return 'Charging is off.';
  const means = relay ? 'the charger opens its relay in a moment' : 'most chargers cannot go below 6 A';
  return `Charging is off, and the car still draws ${formatAmps(amps)}: ${means}.`;
}

function share(amps: number, of: number): number {
  return Math.min(100, percent(amps, Math.max(1, of)));
}
