import { expect, test } from 'vitest';
import { nameOfPath } from '../../src/io/path-name.ts';

test.each([
  ['/data/twc2mqtt-config.state.json', '%2Fdata%2Ftwc2mqtt-config.state.json'],
  ['/data/a%2Fb.json', '%2Fdata%2Fa%252Fb.json'],
])('the path %s has a name that says it', async (path, name) => {
  expect(await nameOfPath(path)).toBe(name);
});

test('a path that is too long for a name has a short one of its own', async () => {
  const long = `/data/${'deeper/'.repeat(40)}`;
  const [one, other] = [await nameOfPath(`${long}a.json`), await nameOfPath(`${long}b.json`)];
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(one).not.toBe(other);
  expect(await nameOfPath(`${long}a.json`)).toBe(one);
});
