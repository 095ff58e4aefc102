// A message on a command topic, read by the row of the topic table that has this command. What is out of range is refused,
// and retained or empty messages are no commands at all.

import { bridgeTopics } from './bridge-topics.ts';
import { chargerTopics } from './charger-topics.ts';
import type { CommandRow, Expected, Order, Overview, Row, Rows } from './row.ts';

/** A command, or why it is none, and the name below the prefix of the topic that shows what holds now. */
export type ParsedCommand = { readonly shownAt: string | undefined } & (
  | { readonly command: Order }
  | { readonly refusal: string }
);

interface Commanded<Subject> {
  readonly command: CommandRow<Subject>;
  /** The name of the topic that shows the accepted value. */
  readonly shownAt: string | undefined;
}

const chargerCommands = commandsIn(chargerTopics);
const bridgeCommands = commandsIn(bridgeTopics);

/** The names to subscribe to, below the prefix. */
export const commandNames: readonly string[] = [
  ...[...chargerCommands.keys()].map((topic) => `+/${topic}`),
  ...bridgeCommands.keys(),
];

/** What a message asks for; undefined if it is on no command topic, or no command. `name`: the topic below the prefix. */
export function parseCommand(
  name: string,
  payload: string,
  retained: boolean,
  overview: Overview,
): ParsedCommand | undefined {
  const bridge = bridgeCommands.get(name);
  if (bridge) return parsed(payload, retained, bridge.shownAt, (text) => bridge.command.read(text, overview, overview));
  const [id = '', ...rest] = name.split('/');
  const found = chargerCommands.get(rest.join('/'));
  if (!found) return undefined;
  const charger = overview.chargers.find((one) => one.id === id);
  const read = (text: string) => (charger ? found.command.read(text, charger, overview) : `there is no charger ${id}`);
  return parsed(payload, retained, found.shownAt && `${id}/${found.shownAt}`, read);
}

function parsed(
  payload: string,
  retained: boolean,
  shownAt: string | undefined,
  read: (text: string) => Order | Expected | string,
): ParsedCommand | undefined {
  if (payload === '') return undefined;
  const refused = (why: string): ParsedCommand => ({ refusal: why, shownAt });
  if (retained) return refused('ignored, a retained message is no command; publish it without the retain flag');
  const found = read(payload);
  if (typeof found === 'string') return refused(found);
  if ('expected' in found) return refused(`expected ${found.expected}, got ${JSON.stringify(payload.slice(0, 40))}`);
  return { command: found, shownAt };
}

/** By the topic of the command. */
function commandsIn<Subject>(rows: Rows<Subject>): ReadonlyMap<string, Commanded<Subject>> {
  const commanded = ([name, { command, value }]: [string, Row<Subject>]) =>
    command ? [[command.topic, { command, shownAt: value && name }] as const] : [];
  return new Map(Object.entries(rows).flatMap(commanded));
}
