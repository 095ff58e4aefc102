// What the page says of the connections and of problems: where "Live" stands, and in notices, one for each problem.

import type { Connection, Connections, Events, Facts } from '../wire.ts';

type Finding = Events['findings'][number];

export interface Condition {
  /** The browser has the stream of the bridge. */
  readonly up: boolean;
  readonly connections: Connections;
  readonly findings: readonly Finding[];
  readonly facts: Pick<Facts, 'listening' | 'port'>;
}

/** A sentence, and what to do. */
export interface Notice {
  readonly text: string;
  readonly advice: string;
}

export interface LinkStatus {
  readonly text: string;
  readonly level: 'good' | 'bad' | 'waiting';
}

/** Seconds until every charger that has power was heard. */
const LEARNT_WITHIN = 60;

export function linkStatus({
  up,
  connections: { adapter, broker },
}: Omit<Condition, 'findings' | 'facts'>): LinkStatus {
  if (!up) return { text: 'Not connected', level: 'bad' };
  if (isDown(adapter)) return { text: 'No adapter', level: 'bad' };
  if (isDown(broker)) return { text: 'No broker', level: 'bad' };
  if (!adapter.up || !broker.up) return { text: 'Connecting', level: 'waiting' };
  return { text: 'Live', level: 'good' };
}

export function notices({ up, connections: { adapter, broker }, findings, facts }: Condition): readonly Notice[] {
  if (!up) {
    const advice = 'What is shown here may be old. The page tries again by itself.';
    return [{ text: 'The bridge does not answer.', advice }];
  }
  return [
    ...(isDown(adapter) ? [adapterNotice(adapter, facts.port)] : problemsOf(findings)),
    ...(isDown(broker) ? [brokerNotice(broker)] : []),
    ...(facts.listening
      ? [{ text: 'Listening only:', advice: 'another master decides, and nothing can be set here.' }]
      : []),
  ];
}

export function isDown(connection: Connection): connection is { up: false; reason: string } {
  return !connection.up && connection.reason !== '';
}

function adapterNotice({ reason }: { readonly reason: string }, port: string): Notice {
  const cause = reason.replace(`${port}: `, '');
  return {
    text: 'The adapter is not there.',
    advice: `${ended(`${port}: ${cause}`)} The bridge tries again by itself.`,
  };
}

function brokerNotice({ reason }: { readonly reason: string }): Notice {
  const advice = `${sentence(reason)} The chargers are served, but Home Assistant and others get no values. The bridge tries again by itself.`;
  return { text: 'The MQTT broker is not connected.', advice };
}

/** Why a charger is not heard. `uptime`: of the bridge, s. */
export function whyNotHeard({ connections: { adapter } }: Pick<Condition, 'connections'>, uptime = 0): string {
  if (isDown(adapter)) return 'Unknown without the adapter';
  if (!adapter.up || uptime < LEARNT_WITHIN) return 'Waiting to hear from it';
  return 'Switched off, or its wires are loose';
}

/** A finding as a notice: a sentence each. */
export function problemsOf(findings: readonly Finding[]): Notice[] {
  return findings
    .filter(({ level }) => level === 'problem')
    .map(({ text, advice }) => ({ text: sentence(text), advice: sentence(advice) }));
}

export function sentence(text: string): string {
  // An address stays as it is.
  const first = /^\w+:\/\//.test(text) ? text.slice(0, 1) : text.slice(0, 1).toUpperCase();
  return text === '' ? '' : ended(`${first}${text.slice(1)}`);
}

function ended(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}
