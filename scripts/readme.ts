// Writes the tables of the pages in docs/ from the tables of the program: npx tsx scripts/readme.ts

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from '../src/commands/command.ts';
import { commands } from '../src/commands/commands.ts';
import { variable } from '../src/config/environment.ts';
import { type Option, options } from '../src/config/options.ts';
import { states } from '../src/protocol/states.ts';
import { bridgeTopics } from '../src/topics/bridge-topics.ts';
import { chargerTopics } from '../src/topics/charger-topics.ts';
import type { Rows } from '../src/topics/row.ts';

type Cells = readonly string[];

/** By the name of the markers between which a table stands: its heading and its rows. */
const tables: Readonly<Record<string, () => readonly Cells[]>> = {
  options: () => [
    ['Setting', 'From the environment', 'Default', 'Allowed', 'Meaning'],
    ...Object.entries<Option<unknown>>(options).map(([path, { default: value, help, check }]) => [
      code(path),
      code(variable(path)),
      code(typeof value === 'string' && value !== '' ? value : JSON.stringify(value)),
      check.bounds ? check.bounds.join(' to ') : (check.choices ?? []).map(code).join(', '),
      help,
    ]),
  ],
  topics: () => [
    ['Topic', 'Value', 'Meaning'],
    ...valuesBelow('{prefix}/{charger}/', chargerTopics),
    ...valuesBelow('{prefix}/', bridgeTopics),
  ],
  requests: () => [
    ['Topic', 'Payload', 'What it does'],
    ...commandsBelow('{prefix}/{charger}/', chargerTopics),
    ...commandsBelow('{prefix}/', bridgeTopics),
  ],
  entities: () => [
    ['Entity', 'Kind', 'Topic', 'In Home Assistant'],
    ...entitiesBelow('{prefix}/{charger}/', chargerTopics),
    ...entitiesBelow('{prefix}/', bridgeTopics),
  ],
  commands: () => [['Command', 'What it does'], ...Object.entries(commands).flatMap(commandRows)],
  states: () => [
    ['Code', 'Text', 'What it means'],
    ...Object.values(states).map(({ code, text, meaning }) => [String(code), text, meaning]),
  ],
};

/** Below docs/: the page on which each table stands. */
export const pages: Readonly<Record<string, readonly (keyof typeof tables)[]>> = {
  'configuration.md': ['options'],
  'topics.md': ['topics', 'states', 'requests'],
  'entities.md': ['entities'],
  'commands.md': ['commands'],
};

/** The text of a page with its tables between their markers as they should be. Throws when a table has no place in it. */
export function withTables(page: string, text: string): string {
  return (pages[page] ?? []).reduce((before, name) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    const rows = tables[name];
    if (!rows || !place.test(before)) throw new Error(`${page}: expected <!-- ${name} --> and <!-- /${name} -->`);
    return before.replace(place, (_, begin: string, end: string) => `${begin}\n${table(rows())}\n\n${end}`);
  }, text);
}

function commandRows([name, { argument = '', help, options = {} }]: [string, Command]): Cells[] {
  const flags = Object.entries(options).map(([flag, { value = '', help: of }]) => [
    code(`${name} --${flag} ${value}`.trim()),
    sentence(of),
  ]);
  return [[code(`${name} ${argument}`.trim()), sentence(help)], ...flags];
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function entitiesBelow<Subject>(place: string, topics: Rows<Subject>): Cells[] {
  return Object.entries(topics).flatMap(([name, { entities = [] }]) =>
    entities.map((entity) => [
      entity.name ?? classNames[entity.deviceClass ?? ''] ?? '',
      [entity.component.replace('_', ' '), entity.unit].filter(Boolean).join(', '),
      code(place + name),
      [entity.category ?? 'shown first', entity.disabled && 'disabled at first'].filter(Boolean).join(', '),
    ]),
  );
}

/** The names that Home Assistant gives by the class. */
const classNames: Readonly<Record<string, string>> = {
  battery_charging: 'Charging',
  plug: 'Plug',
  power: 'Power',
  problem: 'Problem',
  connectivity: 'Connectivity',
};

function valuesBelow<Subject>(place: string, rows: Rows<Subject>): Cells[] {
  return Object.entries(rows).flatMap(([name, { value, type, meaning }]) =>
    value ? [[code(place + name), type, meaning]] : [],
  );
}

function commandsBelow<Subject>(place: string, rows: Rows<Subject>): Cells[] {
  return Object.values(rows).flatMap(({ command }) =>
    command ? [[code(place + command.topic), command.payload, command.meaning]] : [],
  );
}

function table([heading = [], ...rows]: readonly Cells[]): string {
  const line = (cells: Cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

export function pageUrl(page: string): URL {
  return new URL(`../docs/${page}`, import.meta.url);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const page of Object.keys(pages)) {
    writeFileSync(pageUrl(page), withTables(page, readFileSync(pageUrl(page), 'utf8')));
  }
}
