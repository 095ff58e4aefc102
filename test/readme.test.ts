// The README is held to the tables of the program and to the command line.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withTables } from '../scripts/readme.ts';
import { commands } from '../src/commands/commands.ts';
import { options } from '../src/config/options.ts';
import { bridgeTopics } from '../src/topics/bridge-topics.ts';
import { chargerTopics } from '../src/topics/charger-topics.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('its tables are up to date; if not: npx tsx scripts/readme.ts', () => {
  expect(readme).toBe(withTables(readme));
});

describe('the tables', () => {
  test('come back when they are lost, and nothing else changes', () => {
    const without = readme.replaceAll(
      /(<!-- (options|topics|requests|entities|commands|states) -->\n)[\s\S]*?(<!-- \/\2 -->)/g,
      '$1$3',
    );
    expect(without.length).toBeLessThan(readme.length);
    expect(withTables(without)).toBe(readme);
  });

  test('have a row for each setting and each topic', () => {
    for (const path of Object.keys(options)) expect(readme).toContain(`| \`${path}\` |`);
    const tables = { '{prefix}/{charger}/': chargerTopics, '{prefix}/': bridgeTopics };
    for (const [place, rows] of Object.entries(tables)) {
      for (const [name, { command }] of Object.entries<{ readonly command?: { readonly topic: string } }>(rows)) {
        expect(readme).toContain(`| \`${place}${name}\` |`);
        if (command) expect(readme).toContain(`| \`${place}${command.topic}\` |`);
      }
    }
  });

  test('need their place', () => {
    expect(() => withTables('# README\n')).toThrow('README.md: expected <!-- options -->');
  });
});

test('the words that people search for are there', () => {
  for (const word of ['Wall Connector', 'Gen 2', 'TWC', 'primary', 'secondary', 'RS-485', 'MQTT', 'Home Assistant']) {
    expect(readme).toContain(word);
  }
});

test('every command of the command line is described', () => {
  expect(Object.keys(commands)).toContain('decode');
  for (const command of Object.keys(commands)) expect(readme).toContain(`| \`${command}`);
});

test('every link within it leads to a heading', () => {
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, target] of readme.matchAll(/\]\(#([^)]*)\)/g)) expect(headings).toContain(target);
});
