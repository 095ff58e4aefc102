// Draws the pictures of the app: npx tsx scripts/icon.ts. A charger with its cable and a bolt, from plain shapes.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** Distance in units of the drawing to the edge of a shape: negative inside. */
type Shape = (x: number, y: number) => number;

interface Layer {
  readonly colour: Colour;
  readonly shape: Shape;
}

const background: Colour = [18, 40, 56, 255];
const body: Colour = [236, 242, 245, 255];
const shade: Colour = [199, 212, 220, 255];
const cable: Colour = [120, 146, 160, 255];
const bolt: Colour = [255, 186, 38, 255];
const bus: Colour = [46, 196, 182, 255];

/** On a square of 128 units. */
const charger: readonly Layer[] = [
  // The cable in a loop, with its plug.
  { colour: cable, shape: outline(roundBox(64, 86, 30, 24, 22), 3.5) },
  { colour: shade, shape: roundBox(94, 84, 7, 11, 4) },
  // The case.
  { colour: body, shape: roundBox(64, 52, 24, 38, 13) },
  { colour: shade, shape: roundBox(64, 80, 11, 2.2, 2.2) },
  { colour: bolt, shape: polygon(68, 22, 50, 55, 62, 55, 58, 76, 78, 45, 66, 45) },
];

/** Two chargers and the pair of wires between them and to the left, on 250 by 100 units. */
const fleet: readonly Layer[] = [
  { colour: bus, shape: roundBox(125, 45, 93, 2.2, 2.2) },
  { colour: bus, shape: roundBox(125, 55, 93, 2.2, 2.2) },
  ...[60, 125, 190].flatMap((x) => [
    { colour: body, shape: roundBox(x, 50, 22, 34, 12) },
    { colour: shade, shape: roundBox(x, 74, 10, 2, 2) },
    { colour: bolt, shape: polygon(x + 4, 23, x - 13, 52, x - 2, 52, x - 6, 71, x + 13, 43, x + 2, 43) },
  ]),
];

const plate = (width: number, height: number): Layer => ({
  colour: background,
  shape: roundBox(width / 2, height / 2, width / 2, height / 2, 22),
});

const pictures: Readonly<Record<string, () => Buffer>> = {
  'icon.png': () => png(128, 128, [plate(128, 128), ...charger]),
  'logo.png': () => png(250, 100, [plate(250, 100), ...fleet]),
};

/** The icon of the page, full to its edges: phones cut its corners themselves. */
export function icon(size: number): Buffer {
  const layers = [{ colour: background, shape: roundBox(64, 64, 64, 64, 0) }, ...charger];
  return png(
    size,
    size,
    layers.map(({ colour, shape }) => ({ colour, shape: scaled(shape, size / 128) })),
  );
}

/** The pictures by their names. */
export function drawn(): Readonly<Record<string, Buffer>> {
  return Object.fromEntries(Object.entries(pictures).map(([name, draw]) => [name, draw()]));
}

function scaled(shape: Shape, by: number): Shape {
  return (x, y) => shape(x / by, y / by) * by;
}

function roundBox(x: number, y: number, halfWidth: number, halfHeight: number, radius: number): Shape {
  return (px, py) => {
    const dx = Math.abs(px - x) - halfWidth + radius;
    const dy = Math.abs(py - y) - halfHeight + radius;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

function outline(shape: Shape, halfWidth: number): Shape {
  return (x, y) => Math.abs(shape(x, y)) - halfWidth;
}

/** Corners as x, y, x, y… */
function polygon(...corners: number[]): Shape {
  const points = Array.from({ length: corners.length / 2 }, (_, i) => [corners[2 * i] ?? 0, corners[2 * i + 1] ?? 0]);
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    points.forEach(([ax = 0, ay = 0], i) => {
      const [bx = 0, by = 0] = points[(i + 1) % points.length] ?? [];
      const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
      const t = Math.min(1, Math.max(0, along));
      nearest = Math.min(nearest, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
      if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) inside = !inside;
    });
    return inside ? -nearest : nearest;
  };
}

/** The layers above each other, edges softened over a pixel. */
function pixel(x: number, y: number, layers: readonly Layer[]): Colour {
  return layers.reduce<Colour>(
    (below, { colour, shape }) => {
      const cover = (colour[3] / 255) * Math.min(1, Math.max(0, 0.5 - shape(x, y)));
      const rest = (below[3] / 255) * (1 - cover);
      const alpha = cover + rest;
      const mixed = (i: 0 | 1 | 2) => (alpha === 0 ? 0 : Math.round((colour[i] * cover + below[i] * rest) / alpha));
      return [mixed(0), mixed(1), mixed(2), Math.round(255 * alpha)];
    },
    [0, 0, 0, 0],
  );
}

function png(width: number, height: number, layers: readonly Layer[]): Buffer {
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (_, x) => pixel(x + 0.5, y + 0.5, layers)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits each of red, green, blue and alpha.
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(Buffer.from(rows.flat()), { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'ascii'), content]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, picture] of Object.entries(drawn())) {
    writeFileSync(new URL(`../ha-addon/${name}`, import.meta.url), picture);
  }
}
