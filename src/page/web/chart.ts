// The last hours as a picture: what the chargers took, one upon the other, below the line of the circuit.

import { h, part, put, shape } from './dom.ts';
import { clock, label, type Point, picture } from './picture.ts';

export interface Chart {
  /** `ids` in the order of their colours. */
  show(points: readonly Point[], ids: readonly string[]): void;
}

const HEIGHT = 220;

export function createChart(): Chart {
  const frame = h('div', { class: 'chart' });
  const said = h('p', { class: 'hint' });
  part('hours').replaceChildren(frame, said);
  let again: (() => void) | undefined;
  new ResizeObserver(() => again?.()).observe(frame);

  return {
    show(points, ids) {
      again = () => draw(points, ids);
      again();
    },
  };

  function draw(points: readonly Point[], ids: readonly string[]): void {
    const width = Math.max(280, frame.clientWidth);
    const drawn = picture({ points, ids, width, height: HEIGHT });
    if (!drawn) {
      frame.replaceChildren();
      put(said, 'The picture begins now and gets a point a minute.');
      return;
    }
    const svg = shape(
      'svg',
      {
        viewBox: `0 0 ${width} ${HEIGHT}`,
        width: String(width),
        height: String(HEIGHT),
        'aria-hidden': 'true',
      },
      ...drawn.lines.map(({ y, text }) =>
        shape(
          'g',
          {},
          shape('line', { class: 'grid', x1: String(drawn.left), x2: String(width), y1: String(y), y2: String(y) }),
          shape('text', { x: String(drawn.left - 8), y: String(y + 4), 'text-anchor': 'end' }, text),
        ),
      ),
      ...drawn.hours.map(({ x, at }) =>
        shape('text', { x: String(x), y: String(HEIGHT - 4), 'text-anchor': 'middle' }, clock(at)),
      ),
      ...drawn.areas.map((d, place) => shape('path', { class: 'area', 'data-place': String(place % 4), d })),
      shape('path', { class: 'limit', d: drawn.limit }),
    );
    frame.replaceChildren(svg);
    put(said, label(points));
  }
}
