// The rows of the topic table of the bridge that tell how it fares: made new once a minute.

import { count, diagnostic, none, perMinute, rare, seconds, sensor, share, words } from './kinds.ts';
import { LONGEST_STATE, type Overview, type Rows } from './row.ts';

export const healthTopics: Rows<Overview> = {
  'bridge/uptime': sensor(
    seconds,
    'Uptime',
    'Seconds since the bridge started; like all below `bridge/` made new once a minute',
    ({ stats }) => stats.uptime,
    rare,
  ),
  'bridge/framesPerMinute': sensor(
    perMinute,
    'Frames per minute',
    'Good frames of chargers in the last minute',
    ({ stats }) => stats.framesPerMinute,
    rare,
  ),
  'bridge/checksumErrors': sensor(
    count,
    'Checksum errors',
    'Frames with a wrong checksum since the bridge started',
    ({ stats }) => stats.checksumErrors,
    rare,
  ),
  'bridge/badFrameShare': sensor(
    share,
    'Bad frames',
    'Part of the frames of the last minute that were spoilt on the way',
    ({ stats }) => stats.badFrameShare,
    { ...diagnostic, icon: 'mdi:message-off-outline' },
  ),
  'bridge/reconnects/link': sensor(
    count,
    'Link reconnects',
    'How often the adapter or serial server came back since the bridge started',
    ({ stats }) => stats.reconnects.link,
    rare,
  ),
  'bridge/reconnects/broker': sensor(
    count,
    'Broker reconnects',
    'How often the broker came back since the bridge started',
    ({ stats }) => stats.reconnects.broker,
    rare,
  ),
  'bridge/lastError': sensor(
    words,
    'Last error',
    'The last warning or outage in words; empty for none',
    ({ stats }) => stats.lastError.slice(0, LONGEST_STATE),
    { ...rare, ...none, icon: 'mdi:message-alert-outline' },
  ),
};
