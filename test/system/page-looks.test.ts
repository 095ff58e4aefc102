// How the page looks in every situation, in the light and in the dark, on a phone and on a desk. The pictures are left in
// test-output for people; what can be measured is.

import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageFiles } from '../../scripts/page.ts';
import type { CaptureKept } from '../../src/capture/status.ts';
import { listed } from '../../src/page/listed.ts';
import { pageRoutes } from '../../src/page/routes.ts';
import type { SampleColumns } from '../../src/page/samples.ts';
import { type PageServer, servePage } from '../../src/page/server.ts';
import { SessionHistory } from '../../src/page/session-history.ts';
import type { Events, Facts } from '../../src/page/wire.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { bridgeValues, chargerValues, gone, idle } from '../page/values.ts';
import { id } from '../world.ts';
import {
  accessibility,
  faintTexts,
  layoutShift,
  markupErrors,
  namelessControls,
  overhang,
  watchLayout,
} from './audit.ts';
import { launch, picture } from './chromium.ts';

const limits = { maxAmpsForSlaves: 40, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };
const facts: Facts = {
  version: '0.1.0',
  simulated: false,
  relay: false,
  listening: false,
  inApp: false,
  port: '/dev/ttyUSB0',
  limits,
  listed,
  chargers: { '1A2B': { name: 'Garage left' }, '3C4D': { name: 'Garage right' } },
  vehicles: { '5YJ3E1EA2KF000317': 'Red Model 3' },
  price: { perKWh: 0.31, currency: 'EUR' },
};
const three = {
  ...chargerValues('1A2B', {
    sessionStart: '2026-06-01T17:02:00+02:00',
    sessionSeconds: '4680',
    sessionEnergy: '12.34',
  }),
  ...chargerValues('3C4D', { ...idle, limit: '20', lastVehicleVIN: '5YJSA1E2XHF000204' }),
  ...chargerValues('5E6F', {
    ampsInUse: '9.12',
    chargerLoadInW: '6290',
    ampsMax: '10',
    ampsOffered: '10',
    currentVehicleVIN: '',
  }),
  ...bridgeValues,
};
const problems: Events['findings'] = [
  { level: 'problem', text: 'Another master speaks on the bus (2233)', advice: 'stop it. Nothing is sent now' },
  { level: 'problem', text: 'More than 3 chargers on the bus, refused: 9ABC', advice: '' },
];

function day(minutes: number, until: number): SampleColumns {
  const column = <T>(value: (minute: number) => T) => Array.from({ length: minutes }, (_, i) => value(i));
  return {
    limit: column((i) => (i > 200 && i < 260 ? 20 : i > 300 && i < 310 ? null : 32)),
    amps: {
      '1A2B': column((i) => (i > 300 && i < 310 ? null : i % 170 < 110 ? Math.min(15.2, (i % 170) * 4) : 0)),
      '3C4D': column((i) => (i > 300 && i < 310 ? null : (i + 60) % 260 < 50 ? 7 : 0)),
      '5E6F': column((i) => (i > 300 && i < 310 ? null : (i + 20) % 130 < 40 ? 9.1 : 0)),
    },
    every: 60_000,
    until,
  };
}

const session = {
  charger: id('1A2B'),
  start: '2026-05-31T18:12:07.000+02:00',
  end: '2026-05-31T20:47:30.000+02:00',
  seconds: 9_323,
  kWh: 25.48,
  energyFrom: 'meter',
  peakAmps: 15.2,
  vin: '5YJ3E1EA2KF000317',
} as const;
const sessions: readonly SessionRecord[] = [
  session,
  { ...session, charger: id('5E6F'), start: '2026-06-01T07:30:00.000+02:00', energyFrom: 'none', vin: '' },
  { ...session, charger: id('3C4D'), start: '2026-06-01T09:02:51.000+02:00', seconds: 2_400, energyFrom: 'power' },
];

const captures: readonly CaptureKept[] = [
  { name: 'twc2mqtt-capture-2026-06-01T18-15-02.jsonl', bytes: 0 },
  { name: 'twc2mqtt-capture-2026-05-31T07-00-41.jsonl', bytes: 20_000_040 },
  { name: 'twc2mqtt-capture-2026-05-30T22-10-09.jsonl', bytes: 81_350 },
];

interface Situation {
  readonly values: Readonly<Record<string, string>>;
  readonly minutes: number;
  readonly sessions?: readonly SessionRecord[];
  readonly captures?: readonly CaptureKept[];
  readonly capture?: Partial<Events['capture']>;
  readonly facts?: Partial<Facts>;
  readonly findings?: Events['findings'];
  readonly connections?: Events['connections'];
  /** What a person does there. */
  readonly doing?: (page: Page) => Promise<void>;
}

const up = { up: true } as const;
const connected = { adapter: up, broker: up };
const refused = { up: false, reason: 'mqtt://192.168.1.5:1883: not authorized' } as const;

const situations: Readonly<Record<string, Situation>> = {
  'three chargers': {
    values: three,
    minutes: 500,
    sessions,
    captures,
    capture: { running: captures[0]?.name, words: 'captures what is on the bus, up to 20 MB' },
    async doing(page) {
      const chart = page.locator('.plot .u-over');
      await chart.hover({ position: { x: 200, y: 60 } });
      await page
        .locator('.readout .at')
        .getByText(/^\d\d:\d\d/)
        .waitFor();
      await page.mouse.move(0, 0);
      // The readout stays until another time is chosen.
      await page
        .locator('.readout .at')
        .getByText(/^\d\d:\d\d/)
        .waitFor();
    },
  },
  'everything open': {
    values: three,
    minutes: 90,
    sessions,
    findings: [{ level: 'hint', text: 'The adapter returns what it sends', advice: 'that does no harm' }],
    async doing(page) {
      for (const summary of await page.locator('summary').all()) await summary.click();
      const limit = page.getByRole('spinbutton', { name: /^Garage left/ });
      await limit.fill('99');
      await page.getByText('Now 32 A. Not set yet.').waitFor();
      await limit.press('Enter');
      await page.getByText('Not set: expected whole amperes').waitFor();
      await page.getByRole('button', { name: 'Capture' }).click();
      await page.getByText('Not started: 20 captures are kept already').waitFor();
    },
  },
  'first run': { values: bridgeValues, minutes: 0 },
  'first run in trouble': {
    values: bridgeValues,
    minutes: 0,
    findings: [{ level: 'problem', text: 'Only noise is heard', advice: 'swap D+ and D- at the adapter' }],
    connections: { adapter: up, broker: refused },
  },
  problems: {
    values: {
      ...three,
      ...chargerValues('3C4D', { ...idle, state: '2', chargeStatus: 'E', stateText: 'Error' }),
      ...chargerValues('5E6F', { ...gone, charging: '0' }),
    },
    minutes: 500,
    findings: problems,
    connections: { adapter: up, broker: refused },
    facts: { relay: true },
  },
  'after a restart': {
    values: { '1A2B/availability': 'offline', '3C4D/availability': 'offline', ...bridgeValues },
    minutes: 200,
    connections: { adapter: { up: false, reason: '' }, broker: { up: false, reason: '' } },
  },
  'nothing to choose': {
    values: { ...chargerValues('1A2B', { limit: '6' }), ...bridgeValues, 'config/maxAmpsForSlaves': '6' },
    minutes: 0,
    facts: { limits: { maxAmpsForSlaves: 6, maxAmpsPerTWC: 6, minAmpsPerTWC: 6 } },
    async doing(page) {
      await page.getByText('Limit, on and off').first().click();
      await page.getByText('raise config.maxAmpsForSlaves in the configuration').first().waitFor();
    },
  },
  listening: {
    values: { ...three, 'control/availability': 'offline' },
    minutes: 20,
    facts: { listening: true },
    captures: captures.slice(1),
    capture: { words: 'the capture is complete, ended on the page' },
  },
  gone: {
    values: three,
    minutes: 500,
    async doing(page) {
      await page.route('**/api/events*', (route) => route.abort());
      server.streams.close();
      await page.getByText('The bridge does not answer.').waitFor();
    },
  },
};

let browser: Browser;
let server: PageServer;
let now: Situation = { values: {}, minutes: 0 };

function snapshot(): Partial<Events> {
  const { values, minutes, capture, findings = [], connections = connected } = now;
  const until = Date.now() - 20_000;
  return {
    facts: { ...facts, ...now.facts },
    history: { ...day(minutes, until), now: Date.now() },
    values,
    connections,
    findings,
    lastError: { text: '', at: 0 },
    capture: { words: '', mostMegabytes: 20, ...capture },
  };
}

beforeAll(async () => {
  browser = await launch();
  const address = { host: '127.0.0.1', port: 0 };
  const read = async function* () {
    yield now.sessions ?? [];
  };
  // A clock that runs ahead: nothing that was read is still new.
  let reads = 0;
  const history = new SessionHistory(read, () => (reads += 1_000_000));
  const captures = {
    list: async () => now.captures ?? [],
    ask: async () => ({ done: false, words: '20 captures are kept already: remove some first' }),
    read: async () => undefined,
  };
  const command = () => 'expected whole amperes from 6 to 32, got "99"';
  const routes = pageRoutes({ files: await pageFiles(), command, sessions: history, captures });
  server = await servePage({ address, routes, snapshot });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

test('all charging sessions are kept as a file with one click', async () => {
  now = { values: three, minutes: 0, sessions };
  const page = await browser.newPage({ acceptDownloads: true });
  await page.goto(`http://127.0.0.1:${server.port}/`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('charging-sessions.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(1 + sessions.length);
  await page.close();
});

describe.each(Object.keys(situations))('%s', (name) => {
  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('%s, %i pixels wide', async (colorScheme, width) => {
    const situation = situations[name];
    if (!situation) throw new Error(`no situation ${name}`);
    now = situation;
    // Nothing moves, so that a colour is what it will be.
    const options = {
      colorScheme,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
      locale: 'en-GB',
    } as const;
    const page = await browser.newPage(options);
    await watchLayout(page);
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.getByText('twc2mqtt 0.1.0').waitFor();
    for (const { name: kept } of situation.captures ?? []) {
      await page.getByRole('link', { name: `Download ${kept}` }).waitFor();
    }
    expect(await layoutShift(page)).toBeLessThan(0.1);
    await situation.doing?.(page);
    await picture(page, `page-${name.replaceAll(' ', '-')}-${colorScheme}-${width}`);
    expect(await overhang(page)).toBe(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(await namelessControls(page)).toEqual([]);
    expect(await accessibility(page)).toEqual([]);
    await page.close();
  });
});

test('with forced colours a switch shows whether it is on', async () => {
  now = { values: { ...three, '3C4D/charging': '0' }, minutes: 20 };
  const page = await browser.newPage({ forcedColors: 'active', viewport: { width: 1280, height: 900 } });
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await page.getByText('twc2mqtt 0.1.0').waitFor();
  for (const one of await page.getByText(/^Limit, on and off/).all()) await one.click();
  const colours = (name: RegExp) =>
    page.getByRole('switch', { name }).evaluate((element) => {
      const view = element.ownerDocument.defaultView;
      return [
        view?.getComputedStyle(element).backgroundColor,
        view?.getComputedStyle(element, '::after').backgroundColor,
      ];
    });
  const [on, off] = [await colours(/^Garage left/), await colours(/^Garage right/)];
  expect(new Set(on).size).toBe(2);
  expect(new Set(off).size).toBe(2);
  expect(on).not.toEqual(off);
  await picture(page, 'page-forced-colours');
  await page.close();
});

describe('the page says so', () => {
  test('without JavaScript', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.locator('noscript .notice').waitFor();
    expect(await page.locator('#starting').isVisible()).toBe(false);
  });

  test('when its script is blocked', async () => {
    const page = await browser.newPage();
    await page.route('**/page.js', (route) => route.abort());
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.getByText('The script of this page does not start.').waitFor();
  });
});

test('the chart is read with the keyboard', async () => {
  now = { values: three, minutes: 500 };
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  const chart = page.getByRole('slider', { name: 'Time in the chart' });
  await chart.focus();
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/^Now/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageUp');
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d/);
  await page.keyboard.press('Escape');
  expect(await chart.getAttribute('aria-valuetext')).toMatch(/^Now/);
  await page.getByRole('radio', { name: '1 h', exact: true }).focus();
  await page.keyboard.press('Space');
  expect(Number(await chart.getAttribute('aria-valuemax'))).toBeLessThan(70);
  await page.close();
});

test('a charger that was forgotten leaves the page', async () => {
  now = { values: three, minutes: 20 };
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  const cards = page.locator('#charger-list').getByRole('heading', { level: 3 });
  await cards.nth(2).waitFor();
  const emptied = Object.keys(three).filter((topic) => topic.startsWith('3C4D/'));
  server.streams.send('values', Object.fromEntries(emptied.map((topic) => [topic, ''])));
  await cards.nth(2).waitFor({ state: 'detached' });
  expect(await cards.count()).toBe(2);
  expect(await page.getByText('Garage right').count()).toBe(0);
  await page.close();
});

test('the markup is valid', async () => {
  const { '/': file } = await pageFiles();
  expect(await markupErrors(String(file?.body))).toEqual([]);
  now = situations['everything open'] ?? now;
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await page.getByText('Details').first().waitFor();
  expect(await markupErrors(`<!doctype html>${await page.locator('html').evaluate((html) => html.outerHTML)}`)).toEqual(
    [],
  );
  await page.close();
});
