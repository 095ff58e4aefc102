// Takes the pictures of the page for the README: npx tsx scripts/screenshot.ts. A night and a morning with three simulated
// chargers pass in a few seconds; what they leave is served and photographed.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { listed } from '../src/page/listed.ts';
import { pageRoutes } from '../src/page/routes.ts';
import { Samples } from '../src/page/samples.ts';
import { servePage } from '../src/page/server.ts';
import { SessionHistory } from '../src/page/session-history.ts';
import type { Events, Facts } from '../src/page/wire.ts';
import type { SessionRecord } from '../src/session/record.ts';
import type { Car } from '../src/simulator/slave.ts';
import { version } from '../src/version.ts';
import { launch } from '../test/system/chromium.ts';
import { createWorld, limits, slave } from '../test/world.ts';
import { pageFiles } from './page.ts';

const HOUR = 3_600_000;
const LASTS = 11.4 * HOUR;
const STEP = 30_000;
const images = fileURLToPath(new URL('../docs/images/', import.meta.url));

const red: Car = { amps: 16, phases: 3, vin: '5YJ3E1EA2KF000317' };
const blue: Car = { amps: 16, phases: 3, vin: '5YJSA1E2XHF000204' };
const small: Car = { amps: 20, phases: 1, vin: '' };

/** A car that is there in some of the hours. */
function visits(car: Car, ...hours: readonly (readonly [from: number, to: number])[]) {
  return (now: number) => (hours.some(([from, to]) => now >= from * HOUR && now < to * HOUR) ? car : undefined);
}

function night() {
  const startsAt = Date.now() - LASTS;
  const wallClock = (at: number) => startsAt + at;
  const world = createWorld({
    slaves: [
      slave('1A2B', { car: visits(red, [0.4, 4.3], [10.1, 24]), counter: 8_732 }),
      slave('3C4D', { car: visits(blue, [1.6, 5.2], [9.2, 24]), counter: 12_480 }),
      slave('5E6F', { car: visits(small, [3.1, 6.8]), counter: 3_105 }),
    ],
    chargerSettings: new Map(),
    wallClock,
    debug: false,
  });
  const values = new Map<string, string>();
  const samples = new Samples(0);
  let read = 0;
  while (world.now() < LASTS) {
    world.pass(STEP);
    samples.advance(values, world.now());
    for (const output of world.outputs.slice(read)) {
      if (output.type === 'show') for (const { name, payload } of output.changes) values.set(name, payload);
    }
    read = world.outputs.length;
  }
  const sessions = world.outputs.flatMap((output) => (output.type === 'endSession' ? [output.session] : []));
  return { values: Object.fromEntries(values), history: samples.columns(wallClock), sessions };
}

const { values, history, sessions } = night();
const facts: Facts = {
  version,
  simulated: false,
  relay: false,
  listening: false,
  inApp: false,
  port: '/dev/serial/by-id/usb-FTDI_FT232R_USB_UART-if00-port0',
  limits,
  listed,
  chargers: { '1A2B': { name: 'Garage left' }, '3C4D': { name: 'Garage right' }, '5E6F': { name: 'Carport' } },
  vehicles: { '5YJ3E1EA2KF000317': 'Red Model 3', '5YJSA1E2XHF000204': 'Blue Model S' },
  price: { perKWh: 0.31, currency: 'EUR' },
};
const up = { up: true } as const;
const snapshot = (): Partial<Events> => ({
  facts,
  history: { ...history, now: Date.now() },
  values,
  connections: { adapter: up, broker: up },
  findings: [],
  lastError: { text: '', at: 0 },
  capture: { words: '', mostMegabytes: 20 },
});
async function* readSessions(): AsyncGenerator<readonly SessionRecord[]> {
  yield sessions;
}
const captures = {
  list: async () => [],
  ask: async () => ({ done: false, words: 'this is a picture' }),
  read: async () => undefined,
};
const routes = pageRoutes({
  files: await pageFiles(),
  command: () => 'this is a picture',
  sessions: new SessionHistory(readSessions, () => performance.now()),
  captures,
});
const server = await servePage({ address: { host: '127.0.0.1', port: 0 }, routes, snapshot });
const browser = await launch();
await mkdir(images, { recursive: true });
for (const [name, width, height, colorScheme] of [
  ['page', 1280, 1060, 'light'],
  ['page-dark', 1280, 1060, 'dark'],
  ['page-phone', 390, 844, 'light'],
] as const) {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme,
    locale: 'en-GB',
    deviceScaleFactor: 1.5,
  });
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await page.getByText(`twc2mqtt ${version}`).waitFor();
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: `${images}${name}.png` });
  await page.close();
}
await browser.close();
await server.close();
