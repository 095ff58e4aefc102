// What evcc needs before it runs: the configuration that the documentation shows, and its connection to Home Assistant.

import { readFile } from 'node:fs/promises';
import { until } from '../test/system/until.ts';

interface Place {
  /** Where evcc serves its page, and where the broker is on this machine. */
  readonly port: number;
  readonly broker: number;
  readonly database: string;
  /** Of the charger. */
  readonly version: number;
  /** The address of Home Assistant where evcc is to use that. */
  readonly hass: string | undefined;
}

/** The configuration that the documentation shows, with the addresses of here. */
export async function evccConfiguration({ port, broker, database, version, hass }: Place): Promise<string> {
  const text = await readFile(new URL('../docs/evcc.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n# evcc\.yaml.*\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const [overMqtt, through] = blocks;
  if (!overMqtt || !through) throw new Error('docs/evcc.md: expected two YAML blocks that begin with "# evcc.yaml"');
  const own = `
network: { schema: http, host: 127.0.0.1, port: ${port}, externalUrl: "http://127.0.0.1:${port}" }
interval: 10s
database: { type: sqlite, dsn: ${database} }
site: { title: House, meters: { grid: grid, pv: [pv] }, residualPower: 0 }
meters:
  - { name: grid, type: custom, power: { source: mqtt, topic: house/grid, timeout: 30s } }
  - { name: pv, type: custom, power: { source: mqtt, topic: house/pv, timeout: 30s } }
`;
  const charger = through.replace(/\S+:8123/, hass ?? '').replaceAll(...switchOf(version));
  const shown = hass ? overMqtt.replace(/^chargers:\n[\s\S]*?(?=^vehicles:)/m, charger) : overMqtt;
  const here = shown
    .replace(/^interval: .*$/m, '')
    .replace(/delay: \d+m/g, 'delay: 10s')
    .replaceAll('timeout: 2m', 'timeout: 30s');
  return `${own}${here.replace(/broker: \S+/, `broker: 127.0.0.1:${broker}`)}`;
}

/** Where the car cannot be stopped the switch has another name. */
function switchOf(version: number): [RegExp, string] {
  return [/(?<=switch\.twc_1a2b_)charge\b/g, version === 1 ? 'charge' : 'full_current'];
}

/** Whom the tests' Home Assistant knows. */
const owner = { username: 'test', password: 'test-pass' };

interface State {
  /** By the names that evcc shows. */
  readonly authProviders?: Readonly<Record<string, { readonly id: string; readonly authenticated: boolean }>>;
}

/** Connects evcc to Home Assistant, as its owner does in a browser: the button in evcc, Home Assistant's form, and back. */
export async function logIn(evcc: string, hass: string): Promise<void> {
  const provider = () =>
    ask<State>(`${evcc}/api/state`)
      .then(({ authProviders = {} }) => Object.values(authProviders)[0])
      .catch(() => undefined);
  const { id } = await until(provider, 'evcc wants to be connected', 60_000);
  const { loginUri } = await ask<{ readonly loginUri: string }>(
    `${evcc}/providerauth/login?id=${encodeURIComponent(id)}`,
  );
  const asked = new URL(loginUri).searchParams;
  const client = { client_id: asked.get('client_id'), redirect_uri: asked.get('redirect_uri') };
  const form = await ask<{ readonly flow_id: string }>(`${hass}/auth/login_flow`, {
    ...client,
    handler: ['homeassistant', null],
    code_challenge: asked.get('code_challenge'),
    code_challenge_method: asked.get('code_challenge_method'),
  });
  const answer = await ask<{ readonly result: string }>(`${hass}/auth/login_flow/${form.flow_id}`, {
    client_id: client.client_id,
    ...owner,
  });
  const back = new URL(client.redirect_uri ?? evcc);
  back.search = new URLSearchParams({ code: answer.result, state: asked.get('state') ?? '' }).toString();
  await fetch(back, { redirect: 'manual' });
  await until(async () => (await provider())?.authenticated, 'evcc is connected to Home Assistant', 30_000);
}

/** What is there; with a body, what comes back for it. */
async function ask<T>(url: string, body?: object): Promise<T> {
  const reply = await fetch(url, body && { method: 'POST', body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  // What evcc and Home Assistant answer is what the caller says.
  return (await reply.json()) as T;
}
