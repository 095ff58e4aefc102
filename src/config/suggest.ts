// The setting that was probably meant by one that does not exist.

import leven from 'leven';
import { options } from './options.ts';

const paths = Object.keys(options);
/** The settings, and the groups in which they stand. */
const names = [
  ...new Set([
    ...paths,
    ...paths.flatMap((path) => path.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'))),
  ]),
];

const groups = [...new Set(paths.map((path) => path.split('.')[0]))];

/** What TWCManager calls our settings, in lower case. */
const twcManager: Readonly<Record<string, string>> = {
  wiringmaxampsalltwcs: 'config.maxAmpsForSlaves',
  wiringmaxampspertwc: 'config.maxAmpsPerTWC',
  rs485adapter: 'interface.port',
  faketwcid: 'interface.id',
  fakemaster: 'interface.mode',
  brokerip: 'status.MQTT.broker',
  brokerport: 'status.MQTT.broker',
  displaymilliseconds: 'log.level',
  debuglevel: 'log.level',
};

/** What else is common. */
const synonyms: Readonly<Record<string, string>> = {
  ...twcManager,
  maxampsalltwcs: 'config.maxAmpsForSlaves',
  server: 'status.MQTT.broker',
  host: 'status.MQTT.broker',
  user: 'status.MQTT.username',
  mqttprefix: 'status.MQTT.topicPrefix',
  base_topic: 'status.MQTT.topicPrefix',
  device: 'interface.port',
  serialport: 'interface.port',
  loglevel: 'log.level',
};

/** A longer name is noise. */
const LONGEST = 80;

export function isTwcManager(path: string): boolean {
  return Object.hasOwn(twcManager, last(path));
}

/** What was probably meant and where it stands, to be said behind "unknown setting". */
export function suggestion(path: string): string {
  const group = groupOf(path);
  if (group !== undefined) return `; it stands below "${group}:", with two spaces before it`;
  const meant = nearest(path);
  if (meant === undefined) return `; there are ${groups.join(', ')}`;
  const [name = '', ...above] = meant.split('.').reverse();
  const isOutside = !path.includes('.') && above.length > 0;
  const place = above.reverse().map((one) => `"${one}:"`);
  const spaces = ['', 'two', 'four'][place.length] ?? 'two more';
  const where = isOutside ? ` "${name}:" stands below ${place.join(' and ')}, with ${spaces} spaces before it` : '';
  return `, did you mean ${meant}?${where}`;
}

/** The group of the id of a charger or of a VIN that stands where settings do. */
function groupOf(path: string): string | undefined {
  if (/^[\dA-F]{4}$/i.test(path)) return 'chargers';
  return /^[A-HJ-NPR-Z\d]{17}$/i.test(path) ? 'vehicles' : undefined;
}

/** The known setting or group that is most likely meant; undefined when none is like it. */
function nearest(path: string): string | undefined {
  const meant = path.slice(0, LONGEST);
  const known = synonyms[last(meant)] ?? names.find((name) => last(name) === last(meant) && name !== path);
  if (known !== undefined) return known;
  const best = names.reduce((before, name) => (distance(meant, name) < distance(meant, before) ? name : before));
  const isAlike = leven(last(meant), last(best)) <= last(best).length / 2;
  return isAlike ? best : undefined;
}

/** The whole path counts, and more so its last part, since people misplace a setting as often as they misspell it. */
function distance(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase()) + 2 * leven(last(a), last(b));
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
