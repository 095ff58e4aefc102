// The last hours as a picture: what the chargers took, one upon the other, below the line of the circuit. Who points at a
// time is told what was then.

import { h, part, put, shape } from './dom.ts';
import { clock, inWords, label, type Picture, type Point, picture } from './picture.ts';

export interface Chart {
  /** `ids` in the order of their colours. */
  show(points: readonly Point[], ids: readonly string[]): void;
}

const HEIGHT = 220;

export function createChart(): Chart {
  const frame = h('div', { class: 'chart' });
  const said = h('p', { class: 'hint' });
  part('hours').replaceChildren(frame, said);
  const pointer = shape('line', { class: 'pointer', y1: '0', y2: String(HEIGHT) });
  let points: readonly Point[] = [];
  let ids: readonly string[] = [];
  let drawn: Picture | undefined;
  /** Where somebody points, pixels from the left. */
  let pointed: number | undefined;

  function draw(): void {
    const width = Math.max(280, frame.clientWidth);
    drawn = picture({ points, ids, width, height: HEIGHT });
    frame.replaceChildren(...(drawn ? [svg(drawn, width, pointer)] : []));
    say();
  }

  function say(): void {
    const at = pointed === undefined ? undefined : drawn && nearest(drawn.places, pointed);
    const point = at === undefined ? undefined : points[at];
    const x = String(drawn?.places[at ?? 0] ?? 0);
    for (const end of ['x1', 'x2']) pointer.setAttribute(end, x);
    pointer.classList.toggle('shown', point !== undefined);
    if (!drawn) put(said, 'The picture begins now and gets a point a minute.');
    else put(said, point ? inWords(point, ids) : label(points));
  }

  function point(event: PointerEvent): void {
    pointed = event.clientX - frame.getBoundingClientRect().left;
    say();
  }

  frame.addEventListener('pointermove', point);
  frame.addEventListener('pointerdown', point);
  frame.addEventListener('pointerleave', () => {
    pointed = undefined;
    say();
  });
  new ResizeObserver(draw).observe(frame);

  return {
    show(newPoints, newIds) {
      points = newPoints;
      ids = newIds;
      draw();
    },
  };
}

function svg(drawn: Picture, width: number, pointer: SVGElement): SVGElement {
  const { left, lines, hours, areas, limit } = drawn;
  return shape(
    'svg',
    { viewBox: `0 0 ${width} ${HEIGHT}`, width: String(width), height: String(HEIGHT), 'aria-hidden': 'true' },
    ...lines.flatMap(({ y, text }) => [
      shape('line', { class: 'grid', x1: String(left), x2: String(width), y1: String(y), y2: String(y) }),
      shape('text', { x: String(left - 8), y: String(y + 4), 'text-anchor': 'end' }, text),
    ]),
    ...hours.map(({ x, at }) =>
      shape('text', { x: String(x), y: String(HEIGHT - 4), 'text-anchor': 'middle' }, clock(at)),
    ),
    ...areas.map((d, place) => shape('path', { class: 'area', 'data-place': String(place % 4), d })),
    shape('path', { class: 'limit', d: limit }),
    pointer,
  );
}

function nearest(places: readonly number[], x: number): number {
  return places.reduce((best, place, i) => (Math.abs(place - x) < Math.abs((places[best] ?? 0) - x) ? i : best), 0);
}
