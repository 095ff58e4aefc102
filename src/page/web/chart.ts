// The last hours as a chart: what the chargers took, stacked, below the limit of the circuit. The readout below it says what
// was at the time that is pointed at; it stays until another time is chosen.

import uPlot from 'uplot';
import { type ChartData, highest, placeAt } from './chart-data.ts';
import { createReadout, type Reading } from './chart-readout.ts';
import { h, part } from './dom.ts';
import { formatClock } from './format.ts';

export interface Chart {
  show(data: ChartData, chargers: readonly { readonly id: string; readonly name: string }[]): void;
  /** What the readout says while no time is pointed at: by charger, in the same order. */
  now(amps: readonly (number | undefined)[], limit: number | undefined): void;
}

const probe = h('span', { class: 'probe', 'aria-hidden': 'true' });
const HEIGHT = 210;
/** A moment does not fill the chart. */
const LEAST_SECONDS = 30;
/** Below this the axis shows seconds. */
const SHORT_SECONDS = 300;
const STEP_KEYS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -15, PageDown: 15 };

export function createChart(): Chart {
  const plotBox = h('div', {
    class: 'plot',
    tabindex: '0',
    role: 'slider',
    'aria-label': 'Time in the chart',
    'aria-orientation': 'horizontal',
  });
  const empty = h('p', { class: 'hint chart-empty' }, 'The chart begins in a few seconds.');
  const readout = createReadout();
  part('hours').replaceChildren(h('div', { class: 'chart' }, plotBox, empty, probe), readout.element);
  let data: ChartData = { times: [], limit: [], amps: [], stacked: [] };
  let plot: { readonly uplot: uPlot; readonly count: number } | undefined;
  let present: Reading = { amps: [], limit: undefined };
  /** The time that is pointed at, Unix s; undefined for now. */
  let pointed: number | undefined;

  function draw(): void {
    const hasSteps = data.times.length > 1;
    empty.hidden = hasSteps;
    plotBox.hidden = !hasSteps;
    if (!hasSteps) return;
    const count = data.stacked.length;
    const width = Math.max(200, plotBox.clientWidth);
    const content: uPlot.AlignedData = [
      [...data.times],
      ...[...data.stacked].reverse().map((one) => [...one]),
      [...data.limit],
    ];
    if (plot?.count === count) {
      if (plot.uplot.width !== width) plot.uplot.setSize({ width, height: HEIGHT });
      plot.uplot.setData(content);
    } else {
      plot?.uplot.destroy();
      plot = {
        uplot: new uPlot(
          plotOptions(count, width, () => data),
          content,
          plotBox,
        ),
        count,
      };
      followPointer(plot.uplot);
    }
    tell();
  }

  function tell(): void {
    const last = data.times.length - 1;
    const place = pointed === undefined ? last : placeAt(data.times, pointed);
    if (pointed === undefined || place >= last) readout.show('Now', present, false);
    else {
      const amps = data.amps.map((column) => column[place]);
      readout.show(formatClock((data.times[place] ?? 0) * 1_000), { amps, limit: data.limit[place] }, true);
    }
    const left = pointed === undefined ? -10 : (plot?.uplot.valToPos(data.times[place] ?? 0, 'x') ?? -10);
    plot?.uplot.setCursor({ left, top: 0 }, false);
    plotBox.setAttribute('aria-valuemin', '0');
    plotBox.setAttribute('aria-valuemax', String(Math.max(0, last)));
    plotBox.setAttribute('aria-valuenow', String(Math.max(0, place)));
    plotBox.setAttribute('aria-valuetext', readout.element.textContent ?? '');
  }

  function point(at: number | undefined): void {
    pointed = at;
    tell();
  }

  function followPointer({ over, posToVal }: uPlot): void {
    const follow = ({ clientX }: PointerEvent) => point(posToVal(clientX - over.getBoundingClientRect().left, 'x'));
    over.addEventListener('pointermove', follow);
    over.addEventListener('pointerdown', follow);
  }

  plotBox.addEventListener('keydown', (event) => {
    const last = data.times.length - 1;
    const place = pointed === undefined ? last : placeAt(data.times, pointed);
    const by = STEP_KEYS[event.key];
    if (event.key === 'Escape' || event.key === 'End') point(undefined);
    else if (event.key === 'Home') point(data.times[0]);
    else if (by !== undefined) point(data.times[Math.min(last, Math.max(0, place + by))]);
    else return;
    event.preventDefault();
  });
  readout.now.addEventListener('click', () => point(undefined));
  new ResizeObserver(() => plot && plot.uplot.width !== plotBox.clientWidth && draw()).observe(plotBox);
  // Colours are drawn, so another colour scheme needs another drawing.
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', () => plot?.uplot.redraw());
  }

  return {
    show(newest, chargers) {
      data = newest;
      readout.name(chargers);
      draw();
    },
    now(amps, limit) {
      present = { amps, limit };
      if (pointed === undefined) tell();
    },
  };
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
