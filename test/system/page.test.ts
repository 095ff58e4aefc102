// The page in a real browser: served by the built bridge with chargers on a bus, and behind Home Assistant.

import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Written } from '../../src/config/options.ts';
import { slave } from '../world.ts';
import { createHome, ingress } from './app.ts';
import { AsyncStack } from './async-stack.ts';
import { namelessControls, tabOrder } from './audit.ts';
import { artifact, startBridge } from './bridge.ts';
import { launch, picture } from './chromium.ts';
import { createFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import { startIngress } from './ingress.ts';
import { startMosquitto } from './mosquitto.ts';
import { start } from './program.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { broker, startSupervisor } from './supervisor.ts';
import { until } from './until.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Eleven characters, which is all that a serial number has. */
const hostile = `<b>x</b>"'&`;

interface Watched extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: scripts that failed, and what the security policy stopped. */
  readonly complaints: readonly string[];
}

async function visit(url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A stream that ends and a command that is refused are no mistakes of the page.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** The card of a charger. */
function card(page: Page | FrameLocator, id: string) {
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: id, exact: true }) });
}

async function setup(slaves = [slave('1A2B', { serial: hostile }), slave('3C4D')], others: Written = {}) {
  const stack = new AsyncStack();
  const mosquitto = stack.use(await startMosquitto());
  const pty = stack.use(await createPty());
  const bus = stack.use(attach(pty, slaves));
  const folder = stack.use(await createFolder());
  const port = await freePort();
  const settings = {
    'interface.port': pty.port,
    'status.MQTT.broker': mosquitto.url,
    'page.listen': `127.0.0.1:${port}`,
    ...others,
  } as const;
  const bridge = stack.use(await startBridge(folder, settings));
  const subscriber = stack.use(await subscribe(mosquitto.url));
  await bridge.says(/page: http/);
  const url = `http://127.0.0.1:${port}/`;
  return { url, pty, bus, bridge, folder, settings, subscriber, [Symbol.asyncDispose]: () => stack.end() };
}

test('shows the chargers as they are, and as they change', async () => {
  await using there = await setup();
  await using watched = await visit(there.url);
  const { page } = watched;
  const one = card(page, '1A2B');
  await one.locator('.car').getByText('5YJ3E1EA2KF000317').waitFor();
  await one.getByText(/^3 × 15\.\d A$/).waitFor();
  await one.getByText(/^\d+\.\d kW$/).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText(/^of 32 A$/).waitFor();
  await picture(page, 'page-live');

  there.bus.mute('3C4D');
  await card(page, '3C4D').getByText('Not heard').waitFor({ timeout: 60_000 });
  expect(watched.complaints).toEqual([]);
}, 120_000);

test('what the bus says is text, whatever it is', async () => {
  await using there = await setup();
  await using watched = await visit(there.url);
  const { page } = watched;
  await page.getByRole('button', { name: 'Show the bus log' }).click();
  const one = card(page, '1A2B');
  await one.getByText('Details').click();
  await one.getByText(hostile, { exact: true }).waitFor({ timeout: 60_000 });
  const log = page.getByRole('list', { name: 'Bus log' });
  await log.getByText(`1A2B: serial number “${hostile}”`).waitFor({ timeout: 60_000 });
  expect(await page.locator('b, script:not([src])').count()).toBe(0);

  await page.getByRole('button', { name: 'Pause' }).click();
  const lines = await log.getByRole('listitem').count();
  expect(lines).toBeGreaterThan(3);
  await picture(page, 'page-bus');
  // What is heard after that is not shown: wait for two more heartbeats of the bus.
  const beats = there.bus.heartbeats('1A2B').length;
  await until(() => there.bus.heartbeats('1A2B').length >= beats + 2, 'two heartbeats');
  expect(await log.getByRole('listitem').count()).toBe(lines);
  expect(watched.complaints).toEqual([]);
}, 120_000);

test('what is typed stays where it is typed when another charger comes', async () => {
  await using there = await setup([slave('3C4D')]);
  await using watched = await visit(there.url);
  const { page } = watched;
  await page.getByText('Limit, on and off of Charger 3C4D').click();
  await card(page, '3C4D').getByRole('spinbutton').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('10');
  using _other = attach(there.pty, [slave('1A2B')]);
  await card(page, '1A2B').getByRole('heading').waitFor();
  await page.keyboard.press('Enter');
  await there.subscriber.sees('TWC/3C4D/limit', '10');
});

test('a limit is set with the keyboard alone, and a wrong one is refused in words', async () => {
  await using there = await setup();
  await using watched = await visit(there.url);
  const { page } = watched;
  const limit = card(page, '1A2B').getByRole('spinbutton');
  await page.getByText('Limit, on and off of Charger 3C4D').waitFor({ state: 'attached' });
  expect(await tabOrder(page, 7)).toEqual([
    'Change the limit of the circuit',
    'Charge now with all chargers',
    'Limit, on and off of Charger 1A2B',
    'Details of Charger 1A2B',
    'Limit, on and off of Charger 3C4D',
    'Details of Charger 3C4D',
    '12 h',
  ]);
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await limit.and(page.locator(':enabled')).waitFor();
  expect(await tabOrder(page, 6)).toEqual([
    'Charger 1A2B: 1 A less',
    'Charger 1A2B: Limit, 6 to 32 amperes',
    'Charger 1A2B: 1 A more',
    'Charger 1A2B: set the limit',
    'Charger 1A2B: Charging allowed',
    'Details of Charger 1A2B',
  ]);
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('10');
  await page.keyboard.press('Enter');
  await there.subscriber.sees('TWC/1A2B/limit', '10');

  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('33');
  await page.keyboard.press('Enter');
  await card(page, '1A2B')
    .getByRole('alert')
    .getByText('Not set: expected whole amperes from 6 to 32, got "33"')
    .waitFor();
  await page.keyboard.press('Escape');
  await until(async () => (await limit.inputValue()) === '10', 'the limit in force is back');
  expect(there.subscriber.value('TWC/1A2B/limit')).toBe('10');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await there.subscriber.sees('TWC/1A2B/limit', '11');

  await card(page, '1A2B').getByRole('switch').focus();
  await page.keyboard.press('Space');
  await there.subscriber.sees('TWC/1A2B/charging', '0');
  await card(page, '1A2B').getByRole('switch', { checked: false }).waitFor();

  await page.getByText('Change the limit of the circuit').click();
  const circuit = page.getByRole('spinbutton', { name: /Circuit limit, 0 to/ });
  await circuit.fill('0');
  await page.keyboard.press('Enter');
  await there.subscriber.sees('TWC/config/maxAmpsForSlaves', '0');
  await page.getByText('of 0 A', { exact: true }).waitFor();
  await circuit.fill('20');
  await page.keyboard.press('Enter');
  await there.subscriber.sees('TWC/config/maxAmpsForSlaves', '20');
  await page.getByText('of 20 A').waitFor();

  await page.getByText('Charge now with all chargers').click();
  await page.getByRole('spinbutton', { name: 'Amperes', exact: true }).fill('18');
  await page.getByRole('spinbutton', { name: 'Minutes', exact: true }).fill('0');
  await page.keyboard.press('Enter');
  await page.getByText('Not started: expected whole minutes from 1 to 1440').waitFor();
  await page.keyboard.type('30');
  await page.keyboard.press('Enter');
  await there.subscriber.sees('TWC/circuitLimit', '18');
  await page.getByText('Charge now holds until').waitFor();
  await page.getByRole('button', { name: 'Charge now: end' }).click();
  await there.subscriber.sees('TWC/circuitLimit', '20');
  await page.getByText('Charge now holds until').waitFor({ state: 'detached' });
  expect(watched.complaints).toEqual([]);
}, 120_000);

test('says that the bridge is gone, and goes on by itself when it is back', async () => {
  await using there = await setup();
  await using watched = await visit(there.url);
  const { page } = watched;
  await page.getByText('Limit, on and off of Charger 1A2B').click();
  const limit = card(page, '1A2B').getByRole('spinbutton');
  await limit.and(page.locator(':enabled')).waitFor();
  await there.bridge.stop();
  await page.getByText('The bridge does not answer.').waitFor();
  await page.getByText('Not connected', { exact: true }).waitFor();
  expect(await limit.isDisabled()).toBe(true);
  await picture(page, 'page-gone');
  await using _ = await startBridge(there.folder, there.settings);
  await page.getByText('Live', { exact: true }).waitFor();
  await limit.and(page.locator(':enabled')).waitFor();
  expect(await page.getByText('The bridge does not answer.').count()).toBe(0);
}, 120_000);

test('ten browsers see the same', async () => {
  await using there = await setup();
  const all = await Promise.all(Array.from({ length: 10 }, () => visit(there.url)));
  for (const { page } of all) {
    await card(page, '1A2B').getByText('Charging', { exact: true }).waitFor({ timeout: 30_000 });
  }
  const [first] = all;
  await first?.page.getByText('Change the limit of the circuit').click();
  const limit = first?.page.getByRole('spinbutton', { name: /Circuit limit/ });
  await limit?.fill('19');
  await limit?.press('Enter');
  for (const { page } of all) await page.getByText('of 19 A').waitFor();
  for (const one of all) expect(one.complaints).toEqual([]);
  for (const one of all) await one[Symbol.asyncDispose]();
}, 120_000);

test('what is on the bus is captured with the keyboard alone, downloaded, and shows the same values in a replay', async () => {
  await using there = await setup();
  await using watched = await visit(there.url);
  await using other = await visit(there.url);
  const { page } = watched;
  await page.getByRole('button', { name: 'Capture', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Captures what is on the bus, up to 20 MB.').waitFor();
  await other.page.getByRole('button', { name: 'End the capture' }).waitFor();
  await page.getByText('still being written').waitFor();
  await picture(page, 'page-capture');
  await there.subscriber.sees('TWC/1A2B/ampsInUse', '15.2', 40_000);
  const beats = there.bus.heartbeats('1A2B').length;
  await until(() => there.bus.heartbeats('1A2B').length >= beats + 5, 'five heartbeats', 30_000);
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('End the capture');
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('The capture is complete, ended on the page.').waitFor();
  await other.page.getByRole('button', { name: 'Capture', exact: true }).waitFor();
  await other.page.getByText(/^\d+ kB$/).waitFor();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Download twc2mqtt-capture-/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^twc2mqtt-capture-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jsonl$/);
  await using replay = await start(process.execPath, [artifact, 'replay', await download.path(), '--json']);
  expect(await replay.ended).toBe(0);
  const made = replay.lines.map((line): { topic?: string; payload?: string } => JSON.parse(line));
  const last = (topic: string) => made.findLast((one) => one.topic === topic)?.payload;
  expect([last('TWC/1A2B/ampsInUse'), last('TWC/1A2B/serialNumber')]).toEqual(['15.2', hostile]);
  expect([...watched.complaints, ...other.complaints]).toEqual([]);
}, 120_000);

test('a capture that was started by a signal is seen and ended on the page, in listen mode too', async () => {
  await using there = await setup([slave('1A2B')], { 'interface.mode': 'listen' });
  await using watched = await visit(there.url);
  const { page } = watched;
  await page.getByText('Listening only').waitFor();
  await page.getByRole('button', { name: 'Capture', exact: true }).waitFor();
  there.bridge.child.kill('SIGUSR2');
  await page.getByRole('button', { name: 'End the capture' }).click();
  await there.bridge.says(/the capture is complete, ended on the page/);
  await page.getByRole('button', { name: 'Capture', exact: true }).waitFor();
  await page.getByRole('link', { name: /^Download twc2mqtt-capture-/ }).waitFor();
  expect(watched.complaints).toEqual([]);
}, 120_000);

test('a port that is taken is said, and the chargers are served without the page', async () => {
  await using there = await setup();
  await using folder = await createFolder();
  await using second = await startBridge(folder, {
    'page.listen': there.settings['page.listen'],
    'status.MQTT.broker': 'embedded',
  });
  await second.says(/warn {2}page: not served at 127\.0\.0\.1, port \d+: another program uses this port/);
  await second.says(/1A2B: online/);
});

describe('behind Home Assistant', () => {
  test('the page works in its frame, under its prefix', async () => {
    await using mosquitto = await startMosquitto();
    await using supervisor = await startSupervisor(broker(mosquitto.port));
    await using home = await createHome({ supervisor });
    await using app = await home.start({ simulator: true });
    await using subscriber = await subscribe(mosquitto.url);
    const [port] = (await app.says(/page: served to Home Assistant on port \d+/)).match(/\d+$/) ?? [];
    await using way = await startIngress(Number(port), ingress);

    await using watched = await visit(way.panel, { viewport: { width: 1280, height: 1000 } });
    const frame = watched.page.frameLocator('iframe');
    for (const charger of ['1A2B', '3C4D', '5E6F']) await card(frame, charger).getByRole('heading').waitFor();
    await frame.getByText('Limit, on and off of Charger 1A2B').click();
    const limit = card(frame, '1A2B').getByRole('spinbutton');
    await limit.fill('12');
    await limit.press('Enter');
    await subscriber.sees('TWC/1A2B/limit', '12');
    await frame.getByText('This is a simulation').waitFor();

    await using alone = await visit(way.entry);
    await alone.page.getByText('Live', { exact: true }).waitFor();
    await picture(alone.page, 'page-ingress');
    expect(await namelessControls(alone.page)).toEqual([]);
    expect([...watched.complaints, ...alone.complaints]).toEqual([]);

    const stranger = await fetch(`http://127.0.0.1:${port}/`);
    expect([stranger.status, await stranger.text()]).toEqual([403, 'only Home Assistant is served\n']);
  }, 120_000);
});
