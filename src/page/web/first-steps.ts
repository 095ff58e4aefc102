// The steps of the first run: what works already and what to check next, in the order in which things have to work.

import type { Connection } from '../wire.ts';
import { type Condition, isDown, problemsOf, sentence } from './notices.ts';

interface Step {
  readonly level: 'good' | 'bad' | 'waiting';
  readonly text: string;
  readonly advice: string;
}

export function firstSteps({
  connections: { adapter, broker },
  findings,
  facts: { port },
}: Condition): readonly Step[] {
  return [adapterStep(adapter, port), ...(adapter.up ? busSteps(findings) : []), brokerStep(broker)];
}

function adapterStep(adapter: Connection, port: string): Step {
  if (adapter.up) return { level: 'good', text: 'The adapter is open.', advice: port };
  if (!isDown(adapter)) return { level: 'waiting', text: 'Opening the adapter …', advice: port };
  const reason = adapter.reason.replace(`${port}: `, '');
  return { level: 'bad', text: 'The adapter cannot be opened.', advice: `${port}: ${sentence(reason)}` };
}

function busSteps(findings: Condition['findings']): Step[] {
  const problems = problemsOf(findings).map((one): Step => ({ level: 'bad', ...one }));
  if (problems.length > 0) return problems;
  const advice =
    'A charger that has power and whose rotary switch is on F says hello every 10 seconds. After half a minute of silence this page says what to check.';
  return [{ level: 'waiting', text: 'Listening for chargers …', advice }];
}

function brokerStep(broker: Connection): Step {
  if (broker.up) return { level: 'good', text: 'The MQTT broker is connected.', advice: '' };
  if (!isDown(broker)) return { level: 'waiting', text: 'Connecting to the MQTT broker …', advice: '' };
  return { level: 'bad', text: 'The MQTT broker is not connected.', advice: sentence(broker.reason) };
}
