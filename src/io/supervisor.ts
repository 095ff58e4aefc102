// Home Assistant's Supervisor, asked for the broker that Home Assistant uses. The token is new at every start of the app.

import { get, type IncomingMessage } from 'node:http';
import type { BrokerAddress } from './broker.ts';
import { bounded, deferred } from './deferred.ts';
import { Explanation } from './retry.ts';

export interface Supervisor {
  readonly url: string;
  readonly token: string;
}

const ANSWERS_WITHIN = 10_000;
/** Characters; its answer has some hundred. */
const MOST_ANSWER = 20_000;

/** Rejects with an error that says what is wrong and what to do about it. */
export async function brokerOf({ url, token }: Supervisor, signal: AbortSignal): Promise<BrokerAddress> {
  const { status, body } = await answer(new URL('/services/mqtt', url), token, signal);
  const { result, message, data } = fieldsOf(body);
  if (status !== 200 || result !== 'ok') throw new Explanation(describeFailure(status, message));
  const address = addressIn(fieldsOf(data));
  if (!address) throw new Explanation(`${supervisor} tells of a broker without saying where it is; ${otherwise}`);
  return address;
}

interface Answer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
}

async function answer(url: URL, token: string, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve, reject } = deferred<Answer>();
  const request = get(url, { headers: { authorization: `Bearer ${token}` }, agent: false }, (response) => {
    start(response).then((body) => resolve({ status: response.statusCode ?? 0, body: parsed(body) }), reject);
  });
  request.on('error', reject);
  try {
    const late = `nothing within ${ANSWERS_WITHIN / 1_000} s`;
    return await bounded(promise, { signal, within: ANSWERS_WITHIN, late });
  } catch (error) {
    throw new Explanation(`${supervisor} does not answer (${reasonOf(error)}). It may be starting or updating itself`);
  } finally {
    request.destroy();
  }
}

/** The text of an answer as far as it can be of use; more is not read. */
async function start(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MOST_ANSWER) break;
  }
  return text;
}

const supervisor = "Home Assistant's Supervisor";
const otherwise = 'restart the app of the MQTT broker, or set mqtt.host';

function describeFailure(status: number, message: unknown): string {
  const said = typeof message === 'string' ? `${status}: ${message.slice(0, 200)}` : String(status);
  if (status === 400 && message === 'Service not enabled') {
    return `Home Assistant has no MQTT broker yet. Install and start the app Mosquitto broker; if it runs already, restart it. For another broker set mqtt.host`;
  }
  if (status === 400) return `${supervisor} is not ready (${said})`;
  if (status === 401 || status === 403) {
    return `${supervisor} does not let this app ask for the MQTT broker (${said}). Restart this app, or set mqtt.host`;
  }
  if (status === 200) return `${supervisor} gives an answer that is not understood; ${otherwise}`;
  return `${supervisor} has a problem (${said})`;
}

function addressIn({ host, port, ssl, username, password }: Record<string, unknown>): BrokerAddress | undefined {
  const number = Number(port);
  if (typeof host !== 'string' || !/^[\w.:-]+$/.test(host)) return undefined;
  if (!Number.isInteger(number) || number < 1 || number > 65_535) return undefined;
  return {
    urls: [`${ssl === true ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${number}`],
    username: textOr(username),
    password: textOr(password),
  };
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? { ...json } : {};
}
