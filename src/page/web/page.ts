// The page: takes what the stream brings and gives it to the parts that show it.

import type { Sample } from '../samples.ts';
import type { Events, Facts } from '../wire.ts';
import { createBus } from './bus.ts';
import { createCapture } from './capture.ts';
import { type ChargerCard, createChargerCard } from './charger-card.ts';
import { createChart } from './chart.ts';
import { type CircuitCard, createCircuit } from './circuit.ts';
import { showDetails } from './details.ts';
import { h, keep, part, put } from './dom.ts';
import { type ChargerView, chargerViews, circuitView, details, numberIn } from './model.ts';
import { createSessions } from './sessions.ts';
import { openStream, type Stream } from './stream.ts';

const DRAW_EVERY = 5_000;
const MOST_SAMPLES = 720;
/** Values come in little groups; people see no difference, but batteries do. */
const SHOWN_AFTER = 100;

const values = new Map<string, string>();
const cards = new Map<string, ChargerCard>();
const chart = createChart();
const sessions = createSessions();
const health = h('dl');
part('health').append(health);
const bus = createBus(() => stream);
const capture = createCapture();
part('bus').append(capture.element);
let captured: Events['capture'] | undefined;
let facts: Facts | undefined;
let circuit: CircuitCard | undefined;
let samples: readonly Sample[] = [];
let every = 60_000;
/** The time of the last sample, Unix ms, on the clock of the bridge and on that of this page. */
let sampled = { there: 0, here: 0 };
let drawnAt = Number.NEGATIVE_INFINITY;
let up = false;
let showing: number | undefined;

const stream: Stream = openStream(
  {
    facts(told) {
      // Another version or configuration brings another page.
      if (facts && JSON.stringify(facts) !== JSON.stringify(told)) location.reload();
      facts = told;
      circuit ??= createCircuit(told);
      put(part('version'), `twc2mqtt ${told.version}`);
      part('simulation').hidden = !told.simulated;
    },
    history({ samples: known, every: between, until, now }) {
      values.clear();
      sessions.refresh();
      samples = known;
      every = between;
      sampled = { there: until, here: performance.now() - (now - until) };
    },
    values(news) {
      for (const [topic, payload] of Object.entries(news)) values.set(topic, payload);
      // A session that ended is on disk a moment later.
      if (Object.keys(news).some((topic) => topic.endsWith('/lastSession'))) setTimeout(sessions.refresh, 1_000);
      showing ??= setTimeout(show, SHOWN_AFTER);
    },
    sample(one) {
      samples = [...samples, one].slice(-MOST_SAMPLES);
      sampled = { there: sampled.there + every, here: performance.now() };
      drawnAt = Number.NEGATIVE_INFINITY;
      show();
    },
    capture(now) {
      captured = now;
      show();
    },
    bus: (lines) => bus.show(lines),
    keepalive: () => show(),
  },
  (isUp) => {
    if (isUp === up && document.body.dataset.link) return;
    up = isUp;
    show();
  },
);

function show(): void {
  clearTimeout(showing);
  showing = undefined;
  document.body.dataset.link = up ? 'up' : 'down';
  put(part('link'), up ? 'Live' : 'Not connected');
  showNotices();
  capture.show(captured, up);
  const told = facts;
  if (!told || !circuit) return;
  document.body.dataset.control = values.get('control/availability') ?? '';
  const able = up && values.get('control/availability') === 'online';
  const chargers = chargerViews(values, told);
  circuit.show(circuitView(values, told.limits, chargers), chargers, able, values.get('control/leaseSeconds'));
  part('nobody').hidden = chargers.length > 0;
  const ids = chargers.map(({ id }) => id);
  if (keep(cards, ids, (id) => createChargerCard(id, told))) {
    part('charger-list').replaceChildren(...ids.flatMap((id) => cards.get(id)?.element ?? []));
  }
  for (const [place, charger] of chargers.entries()) cards.get(charger.id)?.show(charger, place, able);
  showHealth(told, chargers);
  draw(ids);
}

function showHealth({ listed }: Facts, chargers: readonly ChargerView[]): void {
  const heard = chargers.filter(({ online }) => online).length;
  showDetails(health, [
    ['Chargers that are heard', `${heard} of ${chargers.length}`],
    ...details(listed.bridge, (topic) => values.get(topic)),
  ]);
}

/** The samples and how it is now. */
function draw(ids: readonly string[]): void {
  const now = performance.now();
  if (now - drawnAt < DRAW_EVERY) return;
  drawnAt = now;
  const amps = Object.fromEntries(ids.map((id) => [id, numberIn(values.get(`${id}/ampsInUse`)) ?? 0]));
  const limit = numberIn(values.get('config/maxAmpsForSlaves'));
  const before = samples.map((one, i) => ({ ...one, at: sampled.there - (samples.length - 1 - i) * every }));
  chart.show([...before, { limit, amps, at: sampled.there + Math.max(1, now - sampled.here) }], ids);
}

function showNotices(): void {
  const problem = values.get('problem') ?? 'none';
  const listening = values.get('control/availability') === 'offline';
  const notices = [
    ...(up ? [] : ['The bridge does not answer. What is shown here may be old; this page tries again by itself.']),
    ...(up && problem !== 'none' ? problem.split('; ') : []),
    ...(up && listening ? ['Listening only: a genuine master decides, and nothing can be set here.'] : []),
  ];
  const box = part('notices');
  const same =
    box.childElementCount === notices.length && notices.every((text, i) => box.children[i]?.textContent === text);
  if (!same) box.replaceChildren(...notices.map((text) => h('p', { class: 'notice' }, text)));
}
