// The command `replay`: prints what the bridge makes of a capture, and publishes it below another prefix if that is wanted.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Capture, parseCapture } from '../capture/format.ts';
import { type Replayed, replay } from '../capture/replay.ts';
import { options as settings } from '../config/options.ts';
import { findSettings } from '../config/setup.ts';
import { describeReadError } from '../io/file-errors.ts';
import { accept } from '../schema.ts';
import { type BrokerClient, openBrokerClient } from './broker-client.ts';
import { UsageError } from './command.ts';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Throws an Error in an owner's words that names the file and the line, or a UsageError. */
export async function replayCommand(
  path: string,
  config: string,
  flags: Flags,
  print: (text: string) => void,
): Promise<void> {
  const speed = flags.speed === undefined ? Number.POSITIVE_INFINITY : Number(flags.speed);
  if (!(speed > 0)) throw new UsageError(`replay: expected a speed above 0, got ${flags.speed}`);
  const capture = await load(path);
  const prefix = typeof flags.publish === 'string' ? flags.publish : undefined;
  const broker = prefix === undefined ? undefined : await connect(prefix, config);
  const describe = flags.json ? inJson : forPeople;
  if (!flags.json) print(heading(capture));
  // The reader of the output may end before its end, as `head` does.
  process.stdout.on('error', () => process.exit());
  const startedAt = performance.now();
  try {
    for (const made of replay(capture, prefix)) {
      const wait = startedAt + made.at / speed - performance.now();
      if (wait > 0) await sleep(wait);
      if ('level' in made && made.level === 'debug' && !flags.verbose) continue;
      if ('topic' in made && broker) await broker.publish(made.topic, made.payload, false);
      print(describe(made));
    }
  } finally {
    await broker?.close();
  }
}

/** The configured broker. What is published there must not be taken for the real chargers, and must not stay. */
async function connect(prefix: string, file: string): Promise<BrokerClient> {
  const { config, brokerSource } = await findSettings(file, process.env);
  const check = settings['status.MQTT.topicPrefix'].check;
  if (accept(check, prefix) === undefined) {
    throw new UsageError(`replay: --publish: expected ${check.expected}, got ${prefix}`);
  }
  const real = config['status.MQTT.topicPrefix'];
  if (`${prefix}/`.startsWith(`${real}/`) || `${real}/`.startsWith(`${prefix}/`)) {
    throw new UsageError(`replay: --publish: expected a prefix apart from the configured ${real}, got ${prefix}`);
  }
  const { signal } = new AbortController();
  const warn = (text: string) => void process.stderr.write(`${text}\n`);
  return openBrokerClient({ config, brokerSource, name: 'replay', signal, warn });
}

async function load(path: string): Promise<Capture> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`${path}: expected a readable file, but ${describeReadError(error)}`);
  });
  try {
    return parseCapture(text);
  } catch (error) {
    throw new Error(`${path}, ${error instanceof Error ? error.message : String(error)}`);
  }
}

function heading({ header, entries, torn }: Capture): string {
  const { startedAt, version, link, config } = header;
  const last = entries.at(-1);
  const how = torn ? 'its last line is cut off' : last && 'end' in last ? last.end : 'it has no end';
  const what = `${config['interface.mode']} ${config['interface.id']} at ${link}, twc2mqtt ${version}`;
  return `${harmless(`captured ${startedAt} by ${what}; ${inSeconds(last?.at ?? 0)}, ${how}`)}\n`;
}

function inJson(made: Replayed): string {
  return `${JSON.stringify({ ...made, at: rounded(made.at) })}\n`;
}

function forPeople(made: Replayed): string {
  const what = 'topic' in made ? `${made.topic} ${made.payload}` : `${made.level.padEnd(5)} ${made.text}`;
  return `${inSeconds(made.at).padStart(12)}  ${harmless(what)}\n`;
}

/** Names from the bus must not be able to break lines or colour a terminal. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

function inSeconds(at: number): string {
  return `${(at / 1_000).toFixed(3)} s`;
}

function rounded(at: number): number {
  return Math.round(at * 1_000) / 1_000;
}
