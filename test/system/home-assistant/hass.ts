// A real Home Assistant of the test's own, connected to a broker: what it shows, what it knows, what it complains of.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { freePort } from '../free-port.ts';
import { type Program, start } from '../program.ts';
import { until } from '../until.ts';

export interface HomeAssistant extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** The newest state of an entity, undefined for one that is not there. */
  state(entityId: string): string | undefined;
  /** The newest states of all entities whose id matches. */
  states(pattern: RegExp): Record<string, string>;
  /** Waits for an entity to have this state. */
  shows(entityId: string, state: string | RegExp, within?: number): Promise<void>;
  /** A command of its WebSocket interface. */
  ask<T>(type: string, fields?: Readonly<Record<string, unknown>>): Promise<T>;
  /** Gives an entity a state that no integration gives it: a sensor of a simulated house. */
  set(entityId: string, state: string, attributes?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Takes a blueprint of the project, as if it were imported. */
  takeBlueprint(file: string): Promise<void>;
  /** An automation from such a blueprint; replaces one with this id. */
  automate(id: string, blueprint: string, input: Readonly<Record<string, unknown>>): Promise<void>;
  /** What is known of an entity beside its state. */
  attributes(entityId: string): Promise<Readonly<Record<string, unknown>>>;
  /** The registered entities of the device with this identifier. */
  entities(uid: string): Promise<readonly Entity[]>;
  /** All devices of MQTT. */
  devices(): Promise<readonly Device[]>;
  /** Ends it and starts it again on the same configuration. */
  restart(): Promise<void>;
  /** What it warned of since its start, across restarts. */
  complaints(): Promise<readonly string[]>;
}

export interface Entity {
  readonly entity_id: string;
  readonly unique_id: string;
  readonly device_id: string;
  readonly platform: string;
  readonly name: string | null;
  readonly original_name: string | null;
  readonly entity_category: string | null;
  readonly disabled_by: string | null;
}

export interface Device {
  readonly id: string;
  readonly identifiers: readonly (readonly [string, string])[];
  readonly name: string;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly serial_number: string | null;
  readonly sw_version: string | null;
  readonly via_device_id: string | null;
}

const blueprints = new URL('../../../blueprints/automation/twc2mqtt/', import.meta.url);
const script = fileURLToPath(new URL('hass', import.meta.url));
/** A bare machine installs it first. */
const STARTS_WITHIN = 170_000;
const RESTARTS_WITHIN = 60_000;

export async function startHomeAssistant(brokerPort: number): Promise<HomeAssistant> {
  const program = await start(script, [String(brokerPort), String(await freePort())]);
  try {
    const { url, token } = JSON.parse(await saysOrEnds(program, /^\{"url"/, STARTS_WITHIN));
    return await connected(program, url, token);
  } catch (error) {
    await program.end('SIGTERM');
    throw error;
  }
}

async function connected(program: Program, url: string, token: string): Promise<HomeAssistant> {
  const states = new Map<string, string>();
  const earlier: string[] = [];
  let restarts = 0;
  let socket = await openSocket(url, token, states);

  async function complaints(): Promise<readonly string[]> {
    const entries =
      await socket.ask<{ level: string; name: string; message: string[]; count: number }[]>('system_log/list');
    return [...earlier, ...entries.map(({ level, name, message }) => `${level} ${name}: ${message.join(' ')}`)];
  }

  async function devices(): Promise<Device[]> {
    const all = await socket.ask<Device[]>('config/device_registry/list');
    return all.filter(({ identifiers }) => identifiers.some(([domain]) => domain === 'mqtt'));
  }

  async function post(path: string, body: unknown): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${url}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  }

  return {
    url,
    token,
    set: (entityId, state, attributes = {}) => post(`states/${entityId}`, { state, attributes }),
    async takeBlueprint(file) {
      const yaml = await readFile(new URL(file, blueprints), 'utf8');
      await socket.ask('blueprint/save', { domain: 'automation', path: `twc2mqtt/${file}`, yaml });
    },
    automate: (id, blueprint, input) =>
      post(`config/automation/config/${id}`, {
        alias: id,
        use_blueprint: { path: `twc2mqtt/${blueprint}`, input },
      }),
    state: (entityId) => states.get(entityId),
    states: (pattern) => Object.fromEntries([...states].filter(([entityId]) => pattern.test(entityId)).sort()),
    async shows(entityId, state, within) {
      const fits = (got = '') => (typeof state === 'string' ? got === state : state.test(got));
      await until(
        () => fits(states.get(entityId)),
        () => `${entityId} shows ${state}, but it shows ${states.get(entityId)}`,
        within,
      );
    },
    ask: (type, fields) => socket.ask(type, fields),
    async attributes(entityId) {
      const all = await socket.ask<{ entity_id: string; attributes: Record<string, unknown> }[]>('get_states');
      return all.find(({ entity_id }) => entity_id === entityId)?.attributes ?? {};
    },
    async entities(uid) {
      const device = (await devices()).find(({ identifiers }) => identifiers.some(([, id]) => id === uid));
      const all = await socket.ask<Entity[]>('config/entity_registry/list');
      return all.filter(({ device_id }) => device !== undefined && device_id === device.id);
    },
    devices,
    async restart() {
      earlier.push(...(await complaints()));
      socket.close();
      states.clear();
      restarts++;
      program.child.kill('SIGHUP');
      const said = () => program.lines.filter((line) => line.includes('"restarted"')).length >= restarts;
      await until(said, 'Home Assistant restarts', RESTARTS_WITHIN);
      socket = await until(
        () => openSocket(url, token, states).catch(() => undefined),
        'its interface',
        RESTARTS_WITHIN,
      );
    },
    complaints,
    async [Symbol.asyncDispose]() {
      socket.close();
      await program.end('SIGTERM');
    },
  };
}

async function saysOrEnds(program: Program, pattern: RegExp, within: number): Promise<string> {
  const ended = program.ended.then((code) => {
    throw new Error(`Home Assistant ended with ${code}:\n${program.lines.slice(-40).join('\n')}`);
  });
  return Promise.race([program.says(pattern, within), ended]);
}

interface Socket {
  ask<T>(type: string, fields?: Readonly<Record<string, unknown>>): Promise<T>;
  close(): void;
}

interface Message {
  readonly id: number;
  readonly type: string;
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly event?: {
    readonly data: { readonly entity_id: string; readonly new_state: { readonly state: string } | null };
  };
}

/** Keeps `states` up to date as long as it is open. */
async function openSocket(url: string, token: string, states: Map<string, string>): Promise<Socket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/websocket`);
  const waiting = new Map<number, { type: string; resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;

  function take({ id, type, success, result, error, event }: Message): void {
    if (type === 'event' && event) {
      const { entity_id, new_state } = event.data;
      if (new_state) states.set(entity_id, new_state.state);
      else states.delete(entity_id);
    }
    if (type !== 'result') return;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (success) asked?.resolve(result);
    else asked?.reject(new Error(`${asked.type}: ${JSON.stringify(error)}`));
  }

  function ask<T>(type: string, fields = {}): Promise<T> {
    const id = ++last;
    return new Promise((resolve, reject) => {
      // What Home Assistant answers to this type is what the caller says.
      waiting.set(id, { type, resolve: (result) => resolve(result as T), reject });
      socket.send(JSON.stringify({ ...fields, id, type }));
    });
  }

  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'auth', access_token: token }));
  const [answer] = await once(socket, 'message');
  if (JSON.parse(String(answer)).type !== 'auth_ok') throw new Error(`Home Assistant refuses the token: ${answer}`);
  socket.on('message', (text) => take(JSON.parse(String(text))));
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { type, reject } of waiting.values()) reject(new Error(`${type}: the connection was closed`));
    waiting.clear();
  });
  await ask('subscribe_events', { event_type: 'state_changed' });
  const now = await ask<{ entity_id: string; state: string }[]>('get_states');
  for (const { entity_id, state } of now) states.set(entity_id, state);
  return { ask, close: () => socket.terminate() };
}
