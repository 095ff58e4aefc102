// A page that is served, and a visitor over real HTTP.

import { once } from 'node:events';
import { request as ask, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Finding } from '../../src/bus/finding.ts';
import { createCaptures } from '../../src/capture/library.ts';
import { openPage, type Page, type PageSettings } from '../../src/page/page.ts';
import { record } from '../capture/recording.ts';
import { until } from '../system/until.ts';

export const limits = { maxAmpsForSlaves: 32, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };
export const facts = {
  version: '1.2.3',
  simulated: false,
  relay: false,
  listening: false,
  port: '/dev/ttyUSB0',
  limits,
  chargers: {},
  vehicles: {},
} as const;
const noFindings: readonly Finding[] = [];
export const json = { 'content-type': 'application/json' };
export const limit16 = JSON.stringify({ topic: '1A2B/set/limit', payload: '16' });

export interface Served extends AsyncDisposable {
  readonly page: Page;
  readonly commands: readonly string[];
  ask(path: string, options?: RequestOptions, body?: string): Promise<Answer>;
  command(body: string, headers?: RequestOptions['headers']): Promise<Answer>;
  watch(path?: string): Promise<Stream>;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Stream {
  readonly response: IncomingMessage;
  readonly events: readonly { readonly name: string; readonly content: unknown }[];
  /** The newest content of an event, once it is there. */
  sees(name: string, content?: unknown): Promise<unknown>;
}

export async function serve(settings: Partial<PageSettings> = {}): Promise<Served> {
  const commands: string[] = [];
  const page = await openPage({
    address: { host: '127.0.0.1', port: 0 },
    topicPrefix: 'home/TWC',
    knownChargers: [],
    readSessions: async function* () {},
    findings: () => noFindings,
    captures: createCaptures(record({ fromStart: false }).recorder, '/nowhere/bridge.state.json', () => {}),
    facts,
    command(topic, payload) {
      commands.push(`${topic} ${payload}`);
      return payload === '99' ? `expected whole amperes from 6 to 32, got "99"` : undefined;
    },
    ...settings,
  });
  const requested = (path: string, options: RequestOptions = {}, body = '') => {
    const request = ask({ host: '127.0.0.1', port: page.port, path, agent: false, ...options });
    request.end(body);
    return request;
  };
  const answer = async (path: string, options?: RequestOptions, body?: string): Promise<Answer> => {
    const [response] = await once(requested(path, options, body), 'response');
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  };
  return {
    page,
    commands,
    ask: answer,
    command: (body, headers = json) => answer('/api/command', { method: 'POST', headers }, body),
    async watch(path = '/api/events') {
      const [response] = await once(requested(path), 'response');
      return reading(response);
    },
    [Symbol.asyncDispose]: () => page.close(),
  };
}

function reading(response: IncomingMessage): Stream {
  const events: { name: string; content: unknown }[] = [];
  let rest = '';
  response.on('error', () => {});
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, name = '', data = ''] = /event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      events.push({ name, content: JSON.parse(data) });
    }
  });
  return {
    response,
    events,
    sees(name, content) {
      const wanted = JSON.stringify(content);
      const fits = (one: { name: string; content: unknown }) =>
        one.name === name && (content === undefined || JSON.stringify(one.content) === wanted);
      return until(() => events.findLast(fits), `${name} ${wanted}`).then((one) => one.content);
    },
  };
}

/** Values as the bridge shows them. */
export const shown = (values: Record<string, string>) =>
  Object.entries(values).map(([name, payload]) => ({ name, payload }));
