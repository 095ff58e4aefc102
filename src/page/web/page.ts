// The page: takes what the stream brings and gives it to the parts that show it.

import type { SampleColumns } from '../samples.ts';
import type { Connections, Events, Facts } from '../wire.ts';
import { createBus } from './bus.ts';
import { createCapture } from './capture.ts';
import { type ChargerCard, createChargerCard, type Situation } from './charger-card.ts';
import { Chart } from './chart.ts';
import { chartData, type Moment, withSample } from './chart-data.ts';
import { type CircuitCard, createCircuit } from './circuit.ts';
import { h, keep, part, setChildren, setOrder, setText } from './dom.ts';
import { showFirstRun } from './first-run.ts';
import { createHealth } from './health.ts';
import { type ChargerView, chargerViews, circuitView } from './model.ts';
import { type Condition, linkStatus, notices, whyNotHeard } from './notices.ts';
import { SessionsView } from './sessions.ts';
import { openStream, type Stream } from './stream.ts';
import { bridgeNumber, bridgeText, chargerNumber, type Values } from './topics.ts';

/** Between two drawings of the chart, ms. */
const DRAW_EVERY = 5_000;
const MOST_SAMPLES = 720;
const HOUR = 3_600_000;
/** Values come in small groups: drawing each group once saves the battery of a phone. */
const SHOWN_AFTER = 250;
/** Everything appears at once, so that nothing moves; sessions are not waited for longer than this. */
const REVEAL_WITHIN = 1_500;

interface Parts {
  readonly facts: Facts;
  readonly circuit: CircuitCard;
  readonly sessions: SessionsView;
}

const unknown: Connections = { adapter: { up: false, reason: '' }, broker: { up: false, reason: '' } };

class LivePage {
  readonly #values = new Map<string, string>();
  readonly #cards = new Map<string, ChargerCard>();
  readonly #health = createHealth();
  readonly #capture = createCapture();
  readonly #bus = createBus(() => this.#stream);
  readonly #stream: Stream;
  #chart: Chart | undefined;
  #parts: Parts | undefined;
  #up = false;
  #connections = unknown;
  #findings: Events['findings'] = [];
  #lastError: Events['lastError'] = { text: '', at: 0 };
  #captureNow: Events['capture'] | undefined;
  #samples: SampleColumns = { limit: [], amps: {}, every: 60_000, until: 0 };
  /** How much later the clock of this browser is than that of the bridge, ms. */
  #clockOffset = 0;
  #moments: readonly Moment[] = [];
  #hours = 12;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawnIds: readonly string[] = [];
  #showing: number | undefined;

  constructor() {
    part('starting').remove();
    part('bus').append(this.#capture.element);
    for (const button of document.querySelectorAll<HTMLInputElement>('input[name="span"]')) {
      button.addEventListener('change', () => this.#showHours(Number(button.value)));
    }
    this.#stream = openStream(this.#listeners(), (isUp) => this.#connected(isUp));
  }

  #listeners() {
    return {
      facts: (facts: Facts) => this.#begin(facts),
      history: (history: Events['history']) => {
        this.#values.clear();
        this.#samples = history;
        this.#clockOffset = Date.now() - history.now;
        this.#drawnAt = Number.NEGATIVE_INFINITY;
      },
      values: (changed: Events['values']) => this.#changed(changed),
      connections: (connections: Connections) => {
        this.#connections = connections;
        this.#showSoon();
      },
      findings: (findings: Events['findings']) => {
        this.#findings = findings;
        this.#showSoon();
      },
      lastError: (lastError: Events['lastError']) => {
        this.#lastError = lastError;
        this.#showSoon();
      },
      capture: (capture: Events['capture']) => {
        this.#captureNow = capture;
        this.#showSoon();
      },
      sample: (sample: Events['sample']) => {
        this.#samples = withSample(this.#samples, sample, MOST_SAMPLES);
        this.#drawnAt = Number.NEGATIVE_INFINITY;
        this.#showSoon();
      },
      bus: (lines: Events['bus']) => this.#bus.show(lines),
      keepalive: () => this.#showSoon(),
    };
  }

  #begin(facts: Facts): void {
    const before = this.#parts;
    // Another version or configuration brings another page.
    if (before && JSON.stringify(before.facts) !== JSON.stringify(facts)) location.reload();
    const sessions = before?.sessions ?? new SessionsView(facts);
    this.#parts ??= { facts, circuit: createCircuit(facts), sessions };
    setText(part('version'), `twc2mqtt ${facts.version}`);
    part('simulation').hidden = !facts.simulated;
    const waited = new Promise((resolve) => setTimeout(resolve, REVEAL_WITHIN));
    void Promise.race([sessions.refresh(), waited]).then(() => this.#reveal());
  }

  #reveal(): void {
    document.body.dataset.state = 'shown';
    this.#chart ??= new Chart(part('hours'));
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#show();
  }

  #changed(changed: Events['values']): void {
    for (const [topic, payload] of Object.entries(changed)) this.#values.set(topic, payload);
    // A session that ended is on disk a moment later.
    if (Object.keys(changed).some((topic) => topic.endsWith('/lastSession'))) {
      setTimeout(() => this.#parts?.sessions.refresh(), 1_000);
    }
    this.#showSoon();
  }

  #connected(isUp: boolean): void {
    if (isUp === this.#up && document.body.dataset.link) return;
    this.#up = isUp;
    this.#show();
  }

  #showHours(hours: number): void {
    this.#hours = hours;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#show();
  }

  #showSoon(): void {
    this.#showing ??= setTimeout(() => this.#show(), SHOWN_AFTER);
  }

  #show(): void {
    clearTimeout(this.#showing);
    this.#showing = undefined;
    const up = this.#up;
    this.#showLink();
    this.#capture.show(this.#captureNow, up);
    if (!this.#parts) return;
    const { facts, circuit, sessions } = this.#parts;
    const values: Values = this.#values;
    const control = bridgeText(values, 'control');
    const able = up && control === 'online';
    document.body.dataset.control = control ?? '';
    const chargers = chargerViews(values, facts);
    const all = circuitView(values, facts.limits, chargers);
    circuit.show(all, chargers, able, bridgeText(values, 'lease'));
    sessions.show(chargers);
    const condition = { up, connections: this.#connections, findings: this.#findings, facts };
    const silence = whyNotHeard(condition, bridgeNumber(values, 'uptime'));
    this.#showChargers(facts, chargers, { able: able && all.chargeNow.until === undefined, silence });
    this.#showCondition(condition, chargers, facts);
    this.#bus.offer(chargers.map(({ id }) => id));
    this.#draw(chargers);
  }

  #showLink(): void {
    const { text, level } = linkStatus({ up: this.#up, connections: this.#connections });
    document.body.dataset.link = this.#up ? 'up' : 'down';
    const pill = part('link');
    pill.dataset.level = level;
    setText(pill, text);
  }

  #showChargers(facts: Facts, chargers: readonly ChargerView[], situation: Situation): void {
    const ids = chargers.map(({ id }) => id);
    if (keep(this.#cards, ids, (id) => createChargerCard(id, facts))) {
      setOrder(
        part('charger-list'),
        ids.flatMap((id) => this.#cards.get(id)?.element ?? []),
      );
    }
    for (const [place, charger] of chargers.entries()) this.#cards.get(charger.id)?.show(charger, place, situation);
  }

  #showCondition(condition: Condition, chargers: readonly ChargerView[], facts: Facts): void {
    const isFirstRun = chargers.length === 0;
    document.body.dataset.view = isFirstRun ? 'first-run' : 'chargers';
    if (isFirstRun) showFirstRun(condition);
    // In the first run the steps say it.
    const all = isFirstRun && this.#up ? [] : notices(condition);
    setChildren(part('notices'), all, () =>
      all.map(({ text, advice }) => h('p', { class: 'notice' }, h('strong', {}, text), ' ', advice)),
    );
    this.#health.show(this.#values, chargers, this.#lastError, condition, facts);
  }

  /** The samples, and the moments since the last one. */
  #draw(chargers: readonly ChargerView[]): void {
    const now = performance.now();
    this.#chart?.now(
      chargers.map(({ amps }) => amps),
      bridgeNumber(this.#values, 'circuit'),
    );
    const ids = chargers.map(({ id }) => id);
    const isOfSame = ids.join() === this.#drawnIds.join();
    if (!this.#chart || (isOfSame && now - this.#drawnAt < DRAW_EVERY)) return;
    this.#drawnAt = now;
    this.#drawnIds = ids;
    const at = Date.now();
    const amps = Object.fromEntries(ids.map((id) => [id, chargerNumber(this.#values, id, 'amps') ?? null]));
    const moment = { limit: bridgeNumber(this.#values, 'circuit') ?? null, amps, at };
    const sampled = this.#samples.until + this.#clockOffset;
    // The first moment also stands for the time since the last sample.
    const first = this.#moments.some((one) => one.at >= sampled) ? [] : [{ ...moment, at: Math.min(sampled, at - 1) }];
    this.#moments = [...this.#moments.filter((one) => one.at >= sampled), ...first, moment];
    this.#chart.show(
      chartData(this.#samples, this.#moments, ids, at - this.#hours * HOUR, this.#clockOffset),
      chargers,
    );
  }
}

new LivePage();
