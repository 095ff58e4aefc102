// Takes the picture of the app's options for its documentation, in Home Assistant's own form: npx tsx
// scripts/options-screenshot.ts. Needs what test/system/setup installs. There is no Supervisor; what it would say of the app is
// put into Home Assistant's connection with its page.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { launch } from '../test/system/chromium.ts';
import { startHomeAssistant } from '../test/system/home-assistant/hass.ts';
import { signIn } from '../test/system/home-assistant/photograph.ts';
import { startMosquitto } from '../test/system/mosquitto.ts';

const slug = 'local_twc2mqtt';
const text = (file: string) => readFileSync(new URL(`../ha-addon/${file}`, import.meta.url), 'utf8');
const manifest = parse(text('config.yaml'));
const languages = ['en', 'de'];

type Element = string | readonly [Fields] | Fields;
interface Fields {
  readonly [name: string]: Element;
}

/** An option as the Supervisor describes it to the form. */
function described(name: string, of: Element): object {
  if (Array.isArray(of)) return { name, type: 'schema', optional: true, multiple: true, schema: fields(of[0]) };
  if (typeof of === 'object')
    return { name, type: 'schema', optional: true, multiple: false, schema: fields(of as Fields) };
  const [, kind = '', choices = ''] = /^(\w+)(?:\((.*)\))?/s.exec(of) ?? [];
  const type: Record<string, object> = {
    list: { type: 'select', options: choices.split('|') },
    device: { type: 'select', options: ['/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0'] },
    bool: { type: 'boolean' },
    int: { type: 'integer' },
    port: { type: 'integer' },
    float: { type: 'float' },
    password: { type: 'string', format: 'password' },
  };
  return {
    name,
    ...(of.endsWith('?') ? { optional: true } : { required: true }),
    ...(type[kind] ?? { type: 'string' }),
  };
}

function fields(of: Fields): object[] {
  return Object.entries(of).map(([name, type]) => described(name, type));
}

const app = {
  ...{ slug, name: manifest.name, description: manifest.description, version: manifest.version, state: 'started' },
  ...{ url: manifest.url, arch: manifest.arch, rating: 7, stage: 'stable', boot: 'auto', boot_config: 'auto' },
  ...{
    options: { ...manifest.options, max_amps_for_slaves: 32, max_amps_per_twc: 16 },
    schema: fields(manifest.schema),
  },
  translations: Object.fromEntries(
    languages.map((language) => [language, parse(text(`translations/${language}.yaml`))]),
  ),
  ...{ repository: 'local', available: true, protected: true, ingress: true, ingress_panel: true, watchdog: true },
  ...{ network: null, network_description: null, audio: false, icon: false, logo: false, documentation: true },
  ...{ changelog: true, build: false, auto_update: false, version_latest: manifest.version, update_available: false },
  ...{ hassio_role: 'default', services_role: ['mqtt:want'], homeassistant: null, apparmor: 'default', devices: [] },
};

/** What the Supervisor would answer. */
function answer(endpoint: string): unknown {
  if (endpoint === `/addons/${slug}/info` || endpoint === `/store/addons/${slug}`) return app;
  if (endpoint === '/addons') return { addons: [app] };
  if (endpoint === '/store') return { addons: [app], repositories: [] };
  if (endpoint.endsWith('/stats')) return { cpu_percent: 0.4, memory_percent: 0.6, memory_usage: 0, memory_limit: 1 };
  return {};
}

interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly endpoint?: string;
  readonly result?: { components?: string[] };
}

await using mosquitto = await startMosquitto();
await using home = await startHomeAssistant(mosquitto.port);
const browser = await launch();
for (const language of languages) {
  const page = await browser.newPage({ viewport: { width: 900, height: 1400 }, locale: language });
  await signIn(page, home);
  await page.routeWebSocket(/\/api\/websocket/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const all: Message[] = [JSON.parse(String(data))].flat();
      const asked = all.filter(({ type }) => type?.startsWith('supervisor/'));
      for (const { id, type, endpoint = '' } of asked) {
        socket.send(
          JSON.stringify({
            id,
            type: 'result',
            success: true,
            result: type === 'supervisor/api' ? answer(endpoint) : null,
          }),
        );
      }
      const others = all.filter((message) => !asked.includes(message));
      if (others.length > 0) server.send(JSON.stringify(others.length === 1 ? others[0] : others));
    });
    server.onMessage((data) => {
      const all: Message[] = [JSON.parse(String(data))].flat();
      for (const { result } of all) if (Array.isArray(result?.components)) result.components.push('hassio');
      socket.send(JSON.stringify(all.length === 1 ? all[0] : all));
    });
  });
  await page.goto(`${home.url}/config/app/${slug}/config`);
  try {
    const title = parse(text(`translations/${language}.yaml`)).configuration.max_amps_for_slaves.name;
    await page.getByText(title).first().waitFor({ state: 'attached', timeout: 30_000 });
  } finally {
    const path = fileURLToPath(new URL(`../docs/images/options-${language}.png`, import.meta.url));
    await page.locator('supervisor-app-config').screenshot({ path });
  }
  await page.close();
}
await browser.close();
