// The last hours as a chart: what the chargers took, stacked, below the limit of the circuit. The readout below it says what
// was at the time that is pointed at; it stays until another time is chosen.

import uPlot from 'uplot';
import { type ChartData, highest, placeAt } from './chart-data.ts';
import { createReadout, type Reading } from './chart-readout.ts';
import { h } from './dom.ts';
import { formatClock } from './format.ts';

const probe = h('span', { class: 'probe', 'aria-hidden': 'true' });
const HEIGHT = 210;
/** A moment does not fill the chart. */
const LEAST_SECONDS = 30;
/** Below this the axis shows seconds. */
const SHORT_SECONDS = 300;
const STEP_KEYS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -15, PageDown: 15 };

export class Chart {
  readonly #box = h('div', {
    class: 'plot',
    tabindex: '0',
    role: 'slider',
    'aria-label': 'Time in the chart',
    'aria-orientation': 'horizontal',
  });
  readonly #empty = h('p', { class: 'hint chart-empty' }, 'The chart begins in a few seconds.');
  readonly #readout = createReadout();
  #data: ChartData = { times: [], limit: [], amps: [], stacked: [] };
  #plot: { readonly uplot: uPlot; readonly count: number } | undefined;
  #present: Reading = { amps: [], limit: undefined };
  /** The time that is pointed at, Unix s; undefined for now. */
  #pointed: number | undefined;

  constructor(place: HTMLElement) {
    const frame = h('div', { class: 'chart' }, this.#box, this.#empty, probe);
    place.replaceChildren(frame, this.#readout.element);
    this.#box.addEventListener('keydown', (event) => this.#pressed(event));
    this.#readout.now.addEventListener('click', () => this.#point(undefined));
    new ResizeObserver(() => this.#plot && this.#plot.uplot.width !== this.#box.clientWidth && this.#draw()).observe(
      this.#box,
    );
    // Colours are drawn, so another colour scheme needs another drawing.
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
      matchMedia(query).addEventListener('change', () => this.#plot?.uplot.redraw());
    }
  }

  show(data: ChartData, chargers: readonly { readonly id: string; readonly name: string }[]): void {
    this.#data = data;
    this.#readout.name(chargers);
    this.#draw();
  }

  /** What the readout says while no time is pointed at: by charger, in the same order. */
  now(amps: readonly (number | undefined)[], limit: number | undefined): void {
    this.#present = { amps, limit };
    if (this.#pointed === undefined) this.#read();
  }

  #draw(): void {
    const { times, stacked, limit } = this.#data;
    const hasSteps = times.length > 1;
    this.#empty.hidden = hasSteps;
    this.#box.hidden = !hasSteps;
    if (!hasSteps) return;
    const width = Math.max(200, this.#box.clientWidth);
    const content: uPlot.AlignedData = [[...times], ...[...stacked].reverse().map((one) => [...one]), [...limit]];
    if (this.#plot?.count === stacked.length) {
      const { uplot } = this.#plot;
      if (uplot.width !== width) uplot.setSize({ width, height: HEIGHT });
      uplot.setData(content);
    } else {
      this.#plot?.uplot.destroy();
      const options = plotOptions(stacked.length, width, () => this.#data);
      this.#plot = { uplot: new uPlot(options, content, this.#box), count: stacked.length };
      this.#followPointer(this.#plot.uplot);
    }
    this.#read();
  }

  /** Says what was at the time that is pointed at. */
  #read(): void {
    const { times, amps, limit } = this.#data;
    const last = times.length - 1;
    const place = this.#place();
    const at = times[place] ?? 0;
    if (this.#pointed === undefined || place >= last) this.#readout.show('Now', this.#present, false);
    else {
      const reading = { amps: amps.map((column) => column[place]), limit: limit[place] };
      this.#readout.show(formatClock(at * 1_000), reading, true);
    }
    const left = this.#pointed === undefined ? -10 : (this.#plot?.uplot.valToPos(at, 'x') ?? -10);
    this.#plot?.uplot.setCursor({ left, top: 0 }, false);
    this.#box.setAttribute('aria-valuemin', '0');
    this.#box.setAttribute('aria-valuemax', String(Math.max(0, last)));
    this.#box.setAttribute('aria-valuenow', String(Math.max(0, place)));
    this.#box.setAttribute('aria-valuetext', this.#readout.text);
  }

  #place(): number {
    const { times } = this.#data;
    return this.#pointed === undefined ? times.length - 1 : placeAt(times, this.#pointed);
  }

  #point(at: number | undefined): void {
    this.#pointed = at;
    this.#read();
  }

  #followPointer({ over, posToVal }: uPlot): void {
    const follow = ({ clientX }: PointerEvent) =>
      this.#point(posToVal(clientX - over.getBoundingClientRect().left, 'x'));
    over.addEventListener('pointermove', follow);
    over.addEventListener('pointerdown', follow);
  }

  #pressed(event: KeyboardEvent): void {
    const { times } = this.#data;
    const by = STEP_KEYS[event.key];
    if (event.key === 'Escape' || event.key === 'End') this.#point(undefined);
    else if (event.key === 'Home') this.#point(times[0]);
    else if (by !== undefined) this.#point(times[Math.min(times.length - 1, Math.max(0, this.#place() + by))]);
    else return;
    event.preventDefault();
  }
}

/** `count` chargers; the top of the stack is drawn first, so that each one below covers its part. */
function plotOptions(count: number, width: number, data: () => ChartData): uPlot.Options {
  const steps = uPlot.paths.stepped?.({ align: 1 });
  const chargers = Array.from({ length: count }, (_, i): uPlot.Series => {
    const colour = () => colourOf(`--c${(count - 1 - i) % 4}`);
    return {
      fill: colour,
      stroke: () => colourOf('--card'),
      width: 1,
      points: { show: false },
      ...(steps && { paths: steps }),
    };
  });
  const limit: uPlot.Series = {
    stroke: () => colourOf('--text'),
    width: 1.5,
    dash: [6, 4],
    points: { show: false },
    ...(steps && { paths: steps }),
  };
  const axis: uPlot.Axis = {
    stroke: () => colourOf('--soft'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: () => colourOf('--edge'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false },
      bind: { mouseleave: () => null, mousemove: () => null, mouseenter: () => null },
    },
    scales: {
      x: { time: true, range: (_, from, to) => [Math.min(from, to - LEAST_SECONDS), to] },
      y: { range: () => [0, highest(data()) * 1.12] },
    },
    series: [{}, ...chargers, limit],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        gap: 9,
        space: (uplot) => (isShort(uplot) ? 110 : 72),
        values: (uplot, times) => times.map((at) => formatClock(at * 1_000, isShort(uplot))),
      },
      { ...axis, size: 46, values: (_, amps) => amps.map((one) => `${one} A`) },
    ],
    hooks: { draw: [(uplot) => labelLimit(uplot, data())] },
  };
}

function isShort({ scales }: uPlot): boolean {
  return (scales.x?.max ?? 0) - (scales.x?.min ?? 0) < SHORT_SECONDS;
}

/** Writes on the line of the circuit what it is. */
function labelLimit({ ctx, bbox, valToPos }: uPlot, { limit }: ChartData): void {
  const now = limit.at(-1);
  if (now === null || now === undefined) return;
  ctx.save();
  ctx.fillStyle = colourOf('--text');
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  ctx.fillText(
    `Circuit ${now} A`,
    bbox.left + bbox.width - 4 * devicePixelRatio,
    valToPos(now, 'y', true) - 4 * devicePixelRatio,
  );
  ctx.restore();
}

/** A colour of the style sheet as a canvas understands it; the system's own colours have to be looked up. */
function colourOf(name: string): string {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
