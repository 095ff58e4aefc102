// How the page looks in every situation, in the light and in the dark, on a phone and on a desk. The pictures are left in
// test-output for people; what can be measured is.

import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageFiles } from '../../scripts/page.ts';
import type { CaptureKept } from '../../src/capture/status.ts';
import { listed } from '../../src/page/listed.ts';
import { getRoutes } from '../../src/page/made.ts';
import type { Sample } from '../../src/page/samples.ts';
import { type PageServer, servePage } from '../../src/page/server.ts';
import type { Events } from '../../src/page/wire.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { bridgeValues, chargerValues, gone, idle } from '../page/values.ts';
import { id } from '../world.ts';
import { faintTexts, namelessControls, overhang } from './audit.ts';
import { launch, picture } from './chromium.ts';

const limits = { maxAmpsForSlaves: 40, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };
const facts = { version: '0.1.0', simulated: false, relay: false, limits, listed };
const three = {
  ...chargerValues('1A2B'),
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
const problem = 'Another master 2233 speaks on the bus; More than 3 chargers on the bus, refused: 9ABC';

function day(minutes: number): Sample[] {
  return Array.from({ length: minutes }, (_, i) => ({
    limit: i > 200 && i < 260 ? 20 : 32,
    amps: {
      '1A2B': i % 170 < 110 ? Math.min(15.2, (i % 170) * 4) : 0,
      '3C4D': (i + 60) % 260 < 50 ? 7 : 0,
      '5E6F': (i + 20) % 130 < 40 ? 9.1 : 0,
    },
  }));
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
  readonly simulated?: true;
  readonly relay?: true;
  /** What a person does there. */
  readonly doing?: (page: Page) => Promise<void>;
}

const situations: Readonly<Record<string, Situation>> = {
  'three chargers': {
    values: three,
    minutes: 500,
    sessions,
    captures,
    capture: { running: captures[0]?.name, words: 'captures what is on the bus, up to 20 MB' },
    async doing(page) {
      const chart = page.locator('.chart');
      const box = await chart.boundingBox();
      await chart.hover({ position: { x: (box?.width ?? 0) / 2, y: 60 } });
      await page.getByText(/^\d\d:\d\d: 1A2B [\d.]+ A, 3C4D [\d.]+ A, 5E6F [\d.]+ A, circuit \d+ A$/).waitFor();
    },
  },
  'nobody yet': { values: bridgeValues, minutes: 0, simulated: true },
  problems: {
    values: {
      ...three,
      ...chargerValues('3C4D', { ...idle, state: '2', stateText: 'Error' }),
      ...chargerValues('5E6F', { ...gone, charging: '0' }),
      problem,
    },
    minutes: 500,
    relay: true,
    async doing(page) {
      await page.getByText('More', { exact: true }).first().click();
      const limit = page.getByRole('spinbutton', { name: /^Charger 1A2B/ });
      await limit.fill('99');
      await limit.press('Enter');
      await page.getByText('Not set: expected whole amperes').waitFor();
      await page.getByRole('button', { name: 'Capture' }).click();
      await page.getByText('Not started: 20 captures are kept already').waitFor();
    },
  },
  listening: {
    values: { ...three, 'control/availability': 'offline' },
    minutes: 20,
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
  const { values, minutes, simulated = false, relay = false, capture } = now;
  const until = new Date(2026, 5, 1, 18, 20).getTime();
  const history = { samples: day(minutes), every: 60_000, until, now: until + 20_000 };
  return {
    facts: { ...facts, simulated, relay },
    history,
    values,
    capture: { words: '', mostMegabytes: 20, ...capture },
  };
}

beforeAll(async () => {
  browser = await launch();
  const address = { host: '127.0.0.1', port: 0 };
  const refusal = 'expected whole amperes from 6 to 32, got "99"';
  const read = async () => now.sessions ?? [];
  const kept = {
    list: async () => now.captures ?? [],
    ask: async () => ({ done: false, words: '20 captures are kept already: remove some first' }),
  };
  const files = await pageFiles();
  server = await servePage({
    address,
    files,
    made: getRoutes(read, kept),
    snapshot,
    command: () => refusal,
    captures: kept,
  });
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
    ['light', 360],
    ['dark', 360],
  ] as const)('%s, %i pixels wide', async (colorScheme, width) => {
    const situation = situations[name];
    if (!situation) throw new Error(`no situation ${name}`);
    now = situation;
    // Nothing moves, so that a colour is what it will be.
    const options = { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce', locale: 'en' } as const;
    const page = await browser.newPage(options);
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.getByText('twc2mqtt 0.1.0').waitFor();
    const known = situation.sessions ? page.getByText('5YJ3E1EA2KF000317').last() : page.getByText('None is over yet.');
    await known.waitFor();
    for (const { name: kept } of situation.captures ?? []) {
      await page.getByRole('link', { name: `Download ${kept}` }).waitFor();
    }
    await situation.doing?.(page);
    await picture(page, `page-${name.replaceAll(' ', '-')}-${colorScheme}-${width}`);
    expect(await overhang(page)).toBe(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(await namelessControls(page)).toEqual([]);
    await page.close();
  });
});
