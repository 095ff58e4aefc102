// How the bridge fares: folded away while all is well.

import type { Events, Facts } from '../wire.ts';
import { h, part, setChildren, setText, showDetails } from './dom.ts';
import { counted, formatDuration, formatTime } from './format.ts';
import { type ChargerView, type Detail, listDetails } from './model.ts';
import { type Condition, linkStatus, problemsOf } from './notices.ts';
import { bridgeNumber, type Values } from './topics.ts';

export interface Health {
  show(
    values: Values,
    chargers: readonly ChargerView[],
    lastError: Events['lastError'],
    condition: Condition,
    facts: Facts,
  ): void;
}

export function createHealth(): Health {
  const summary = h('span', { class: 'hint' });
  const details = h('details', {}, h('summary', {}, h('h2', { id: 'health-title' }, 'Health'), ' ', summary));
  const list = h('dl');
  const hints = h('ul', { class: 'hints' });
  details.append(list, hints);
  part('health').replaceChildren(details);
  let wasWell = true;

  return {
    show(values, chargers, lastError, condition, facts) {
      const isBad = linkStatus(condition).level === 'bad' || problemsOf(condition.findings).length > 0;
      // Opened by the first problem; after that it stays as the owner leaves it.
      if (isBad && wasWell && condition.up && chargers.length > 0) details.open = true;
      wasWell = !isBad;
      setText(summary, healthSummary(values, chargers, condition));
      showDetails(list, healthDetails(values, chargers, lastError, condition, facts));
      const worthKnowing = condition.findings.filter(({ level }) => level === 'hint');
      setChildren(hints, worthKnowing, () =>
        worthKnowing.map(({ text, advice }) => h('li', {}, advice ? `${text}: ${advice}` : text)),
      );
    },
  };
}

function healthSummary(values: Values, chargers: readonly ChargerView[], condition: Condition): string {
  if (!condition.up) return 'Not known';
  const heard = chargers.filter(({ online }) => online).length;
  const uptime = bridgeNumber(values, 'uptime');
  return [
    ...verdict(condition, chargers),
    chargers.length === 0 ? 'No charger heard yet' : `${heard} of ${counted(chargers.length, 'charger')} heard`,
    ...(uptime === undefined ? [] : [`up ${formatDuration(uptime)}`]),
  ].join(' · ');
}

function verdict(condition: Condition, chargers: readonly ChargerView[]): string[] {
  const { level } = linkStatus(condition);
  if (level === 'bad' || problemsOf(condition.findings).length > 0) return ['Something is wrong, see above'];
  if (level === 'waiting') return ['Starting'];
  return chargers.length === 0 ? [] : ['All is well'];
}

function healthDetails(
  values: Values,
  chargers: readonly ChargerView[],
  { text, at }: Events['lastError'],
  { up, connections: { adapter, broker } }: Condition,
  { listed, port }: Facts,
): Detail[] {
  if (!up) return [];
  const heard = chargers.filter(({ online }) => online).length;
  return [
    ['Adapter', adapter.up ? `${port}, open` : adapter.reason || 'opening'],
    ['MQTT broker', broker.up ? 'connected' : broker.reason || 'connecting'],
    ['Chargers that are heard', `${heard} of ${chargers.length}`],
    ...listDetails(listed.bridge, (topic) => values.get(topic)),
    ['Last error', text === '' ? 'none' : `${formatTime(at)}: ${text}`],
  ];
}
