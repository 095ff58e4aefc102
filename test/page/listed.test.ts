// What the page lists: every value of the topic table that it does not show elsewhere.

import { expect, test } from 'vitest';
import { listed } from '../../src/page/listed.ts';
import { bridgeTopics } from '../../src/topics/bridge-topics.ts';
import { chargerTopics } from '../../src/topics/charger-topics.ts';

test.each([
  ['charger', listed.charger, chargerTopics],
  ['bridge', listed.bridge, bridgeTopics],
] as const)('values of the %s have names of their own, for people', (_, rows, topics) => {
  const labels = rows.map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  for (const label of labels) expect(label).toMatch(/^\p{Lu}/u);
  expect(Object.keys(topics)).toEqual(expect.arrayContaining(rows.map(({ topic }) => topic)));
});
