// The README and the pages in docs/ are held to the tables of the program and to the command line.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pages, pageUrl, withTables } from '../scripts/readme.ts';
import { commands } from '../src/commands/commands.ts';
import { options } from '../src/config/options.ts';
import { bridgeTopics } from '../src/topics/bridge-topics.ts';
import { chargerTopics } from '../src/topics/charger-topics.ts';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');
const papers = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'ha-addon/DOCS.md'].concat(
  readdirSync(new URL('docs/', root)).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
);

describe('the tables', () => {
  test.each(Object.keys(pages))('of docs/%s are up to date; if not: npx tsx scripts/readme.ts', (page) => {
    const text = readFileSync(pageUrl(page), 'utf8');
    expect(text).toBe(withTables(page, text));
  });

  test.each(Object.keys(pages))('of docs/%s come back when they are lost, and nothing else changes', (page) => {
    const text = readFileSync(pageUrl(page), 'utf8');
    const without = text.replaceAll(/(<!-- (\w+) -->\n)[\s\S]*?(<!-- \/\2 -->)/g, '$1$3');
    expect(without.length).toBeLessThan(text.length);
    expect(withTables(page, without)).toBe(text);
  });

  test('have a row for each setting and each topic', () => {
    const configuration = read('docs/configuration.md');
    const topics = read('docs/topics.md');
    for (const path of Object.keys(options)) expect(configuration).toContain(`| \`${path}\` |`);
    const tables = { '{prefix}/{charger}/': chargerTopics, '{prefix}/': bridgeTopics };
    for (const [place, rows] of Object.entries(tables)) {
      for (const [name, { command }] of Object.entries<{ readonly command?: { readonly topic: string } }>(rows)) {
        expect(topics).toContain(`| \`${place}${name}\` |`);
        if (command) expect(topics).toContain(`| \`${place}${command.topic}\` |`);
      }
    }
  });

  test('need their place', () => {
    expect(() => withTables('commands.md', '# Commands\n')).toThrow('commands.md: expected <!-- commands -->');
  });
});

test('the README is short, and has the words that people search for', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  for (const word of ['Wall Connector', 'Gen 2', 'TWC', 'primary', 'secondary', 'RS-485', 'MQTT', 'Home Assistant']) {
    expect(readme).toContain(word);
  }
});

test('every command of the command line is described', () => {
  expect(Object.keys(commands)).toContain('decode');
  const page = read('docs/commands.md');
  for (const command of Object.keys(commands)) expect(page).toContain(`| \`${command}`);
});

test.each(papers)('every link of %s leads to a file and a heading', (paper) => {
  for (const [, target = ''] of read(paper).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const url = new URL(path, new URL(paper, root));
    expect(existsSync(url), target).toBe(true);
    if (anchor !== undefined) expect(headingsOf(readFileSync(url, 'utf8')), target).toContain(anchor);
  }
});

test('what the pages call an entity or a field of a blueprint has that name', () => {
  const blueprints = new URL('blueprints/automation/twc2mqtt/', root);
  const known = [
    ...[...read('docs/entities.md').matchAll(/^\| ([A-Z][^|]*) \|/gm)].map(([, name]) => name),
    ...readdirSync(blueprints).flatMap((file) =>
      [...readFileSync(new URL(file, blueprints), 'utf8').matchAll(/^ +name: (.*)$/gm)].map(([, name]) => name),
    ),
    // Words of other programs.
    ...[
      'Charger control entity',
      'Charging state entity',
      'Home Assistant',
      'Enable discovery',
      'Min+Solar',
      'MQTT broker',
    ],
  ];
  for (const page of ['docs/from-twcmanager.md', 'docs/home-assistant.md', 'docs/evcc.md', 'ha-addon/DOCS.md']) {
    const names = [...read(page).matchAll(/(?<!\*)\*([A-Z][\w+ ]*)\*(?!\*)/g)].map(([, name]) => name);
    expect(
      names.filter((name) => !known.includes(name)),
      page,
    ).toEqual([]);
  }
});

function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}
