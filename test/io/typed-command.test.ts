import { expect, test } from 'vitest';
import { typedCommand } from '../../src/io/typed-command.ts';

test.each([
  ['/usr/local/bin/twc2mqtt', '/home/me', 'twc2mqtt'],
  ['/home/me/.npm/_npx/7f/node_modules/.bin/twc2mqtt', '/home/me', 'npx twc2mqtt'],
  ['/home/me/node_modules/.bin/twc2mqtt', '/home/me', 'npx twc2mqtt'],
  ['/home/me/twc2mqtt/dist/twc2mqtt.js', '/home/me/twc2mqtt', 'node dist/twc2mqtt.js'],
  ['/opt/twc2mqtt/twc2mqtt.js', '/data', 'docker compose run --rm twc2mqtt'],
  ['/srv/twc2mqtt/dist/twc2mqtt.js', '/data', 'node /srv/twc2mqtt/dist/twc2mqtt.js'],
])('started as %s in %s it is typed as %s', (script, folder, typed) => {
  expect(typedCommand(script, folder, undefined)).toBe(typed);
});

test('started with npm start it is typed so, with what divides our words from those of npm', () => {
  expect(typedCommand('/home/me/twc2mqtt/dist/twc2mqtt.js', '/home/me/twc2mqtt', 'start')).toBe('npm start --');
});
