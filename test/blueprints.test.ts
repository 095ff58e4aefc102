// The blueprints as files: what Home Assistant's import and its forms need. How they behave is in the system tests.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { facts } from '../scripts/facts.ts';

const folder = new URL('../blueprints/automation/twc2mqtt/', import.meta.url);
const { url } = facts(packageJson);
const docs = readFileSync(new URL('../docs/home-assistant.md', import.meta.url), 'utf8');
const files = readdirSync(folder);

interface Input {
  readonly name: string;
  readonly selector?: Readonly<Record<string, unknown>>;
  /** Of a section. */
  readonly input?: Readonly<Record<string, Input>>;
}

/** Without their sections. */
function inputsOf(all: Readonly<Record<string, Input>>): [string, Input][] {
  return Object.entries(all).flatMap(([key, one]) => (one.input ? inputsOf(one.input) : [[key, one]]));
}

describe.each(files)('%s', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const { blueprint } = parse(text, { customTags: [{ tag: '!input', resolve: (name: string) => name }] });
  const inputs = inputsOf(blueprint.input);

  test('can be imported from where it is', () => {
    expect(blueprint.source_url).toBe(`${url}/blob/main/blueprints/automation/twc2mqtt/${file}`);
    expect(docs).toContain(`blueprint_url=${encodeURIComponent(blueprint.source_url)}`);
    expect(blueprint.homeassistant.min_version).toBe('2024.11.0');
  });

  test('asks for all that it uses, and for nothing else', () => {
    const used = new Set([...text.matchAll(/!input (\w+)/g)].map(([, name]) => name));
    expect(inputs.map(([key]) => key).sort()).toEqual([...used].sort());
  });

  test('has a name and a selector for everything that it asks for', () => {
    for (const [key, { name, selector }] of inputs) {
      expect(name, key).toMatch(/^[A-Z]/);
      expect(Object.keys(selector ?? {}), key).toHaveLength(1);
    }
  });

  test('takes only entities of MQTT for what belongs to a charger', () => {
    for (const [key, { selector }] of inputs.filter(([key]) => /^(limit|allowed|charging|current)$/.test(key))) {
      expect(selector, key).toMatchObject({ entity: { filter: { integration: 'mqtt' } } });
    }
  });
});
