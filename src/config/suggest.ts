// The setting that somebody meant who wrote one that there is not.

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

/** What other programs call our settings, TWCManager above all, in lower case. */
const synonyms: Readonly<Record<string, string>> = {
  wiringmaxampsalltwcs: 'config.maxAmpsForSlaves',
  wiringmaxampspertwc: 'config.maxAmpsPerTWC',
  maxampsalltwcs: 'config.maxAmpsForSlaves',
  rs485adapter: 'interface.port',
  faketwcid: 'interface.id',
  fakemaster: 'interface.mode',
  brokerip: 'status.MQTT.broker',
  brokerport: 'status.MQTT.broker',
  server: 'status.MQTT.broker',
  host: 'status.MQTT.broker',
  user: 'status.MQTT.username',
  mqttprefix: 'status.MQTT.topicPrefix',
  base_topic: 'status.MQTT.topicPrefix',
  device: 'interface.port',
  serialport: 'interface.port',
  displaymilliseconds: 'log.level',
  debuglevel: 'log.level',
  loglevel: 'log.level',
};

/** A longer name is noise. */
const LONGEST = 80;

/** The known setting or group that is most likely meant. */
export function nearest(path: string): string {
  const meant = path.slice(0, LONGEST);
  const known = synonyms[last(meant)] ?? names.find((name) => last(name) === last(meant) && name !== path);
  return known ?? names.reduce((best, name) => (distance(meant, name) < distance(meant, best) ? name : best));
}

/** The whole path counts, and more so its last part, since people misplace a setting as often as they misspell it. */
function distance(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase()) + 2 * leven(last(a), last(b));
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
