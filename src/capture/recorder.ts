// Records what goes into the heart and comes out of it. It looks on; the bridge is the same with and without it.

import type { Config } from '../config/options.ts';
import type { Port } from '../io/link.ts';
import { decode } from '../protocol/codec.ts';
import { firstFrame } from '../protocol/slip.ts';
import type { Bridge, Input, Output } from '../step.ts';
import { version } from '../version.ts';
import { entryLine, type Happening, type Header, headerLine } from './format.ts';

/** Where the lines go. Never waits. */
export interface CaptureFile {
  readonly path: string;
  write(line: string): void;
  /** Why nothing more can be written, undefined while it can. */
  readonly broken: string | undefined;
  /** Resolves when all is written; never rejects. */
  close(): Promise<void>;
}

export interface Recorder {
  /** The bridge, looked at. */
  recorded(bridge: Bridge): Bridge;
  /** From now on lines go to this file; `startedAt` is the local time. A capture that runs is ended. */
  start(file: CaptureFile, startedAt: string, now: number): void;
  /** Ends the capture, if one runs; resolves when the file of the last one is closed. */
  end(reason: string): Promise<void>;
  /** The file that is written now. */
  readonly path: string | undefined;
  /** A capture ends by itself when it is as long. */
  readonly mostMegabytes: number;
  /** Tells in words when a capture has begun, and when the file of one is closed, until what it gives is called. */
  watch(tell: (news: string) => void): () => void;
}

export interface RecorderSettings {
  readonly config: Config;
  /** From before a restart. */
  readonly known: Header['known'];
  readonly log: (level: 'warn' | 'info', text: string) => void;
}

/** Three chargers give about 2 MB an hour. */
export const MOST_MEGABYTES = 20;
const MEGABYTE = 1_000_000;
/** What is longer is refused anyway. */
const LONGEST_PAYLOAD = 200;

interface Recording {
  readonly file: CaptureFile;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly size: number;
}

export function createRecorder({ config, known: before, log }: RecorderSettings): Recorder {
  const port = config['interface.port'];
  const below = `${config['status.MQTT.topicPrefix']}/`;
  /** The last limit said to each charger. */
  const orders = new Map<string, Uint8Array>();
  let known = before;
  let link: Happening | undefined;
  let recording: Recording | undefined;
  let ended = Promise.resolve();
  const watching = new Set<(news: string) => void>();

  function say(level: 'warn' | 'info', path: string, news: string): void {
    log(level, `${path}: ${news}`);
    for (const tell of watching) tell(news);
  }

  function happenings(input: Input, outputs: readonly Output[]): Happening[] {
    const said = outputs.flatMap((output) => (output.type === 'send' ? [{ said: output.bytes }] : []));
    const came = happening(input);
    return came ? [came, ...said] : said;
  }

  function happening(input: Input): Happening | undefined {
    if (input.type === 'bytes') return { heard: input.bytes };
    if (input.type === 'link')
      return input.up ? { link: 'up' } : { link: 'down', reason: redactPaths(input.reason, port) };
    if (input.type !== 'message' || !input.topic.startsWith(below)) return undefined;
    const asked = { asked: input.topic.slice(below.length), payload: input.payload.slice(0, LONGEST_PAYLOAD) };
    return input.retained ? { ...asked, retained: true } : asked;
  }

  function keep(output: Output): void {
    if (output.type === 'save') known = { chargers: output.chargers, setPoints: output.setPoints };
    if (output.type !== 'send') return;
    const charger = orderedTo(output.bytes);
    if (charger !== undefined) orders.set(charger, output.bytes);
  }

  function write(happened: Happening, now: number): void {
    if (!recording) return;
    const { file, startedAt, size } = recording;
    const line = entryLine({ at: Math.max(0, now - startedAt), ...happened });
    file.write(line);
    recording = { ...recording, size: size + line.length + 1 };
  }

  function end(reason: string): Promise<void> {
    if (!recording) return ended;
    const { file, lastAt } = recording;
    write({ end: reason }, lastAt);
    recording = undefined;
    ended = file.close().then(() => {
      if (file.broken === undefined) say('info', file.path, `the capture is complete, ${reason}`);
      else say('warn', file.path, `the capture has ended, it can not be written: ${file.broken}`);
    });
    return ended;
  }

  return {
    recorded: (bridge) => ({
      step(input, now) {
        const outputs = bridge.step(input, now);
        if (recording) recording = { ...recording, lastAt: now };
        for (const happened of happenings(input, outputs)) {
          if ('link' in happened) link = happened;
          write(happened, now);
        }
        for (const output of outputs) keep(output);
        if (recording?.file.broken !== undefined) void end('it can not be written');
        else if (recording && recording.size >= MOST_MEGABYTES * MEGABYTE) void end(`${MOST_MEGABYTES} MB are reached`);
        return outputs;
      },
      wakeAt: (now) => bridge.wakeAt(now),
      lastFrame: (now) => bridge.lastFrame(now),
      get findings() {
        return bridge.findings;
      },
    }),
    start(file, startedAt, now) {
      void end('another one begins');
      const header = headerLine({
        version,
        startedAt,
        link: port.type === 'folder' ? 'serial' : port.type,
        config,
        known,
        orders: [...orders.values()],
      });
      file.write(header);
      recording = { file, startedAt: now, lastAt: now, size: header.length + 1 };
      if (link) write(link, now);
      say('info', file.path, `captures what is on the bus, up to ${MOST_MEGABYTES} MB`);
    },
    end,
    mostMegabytes: MOST_MEGABYTES,
    watch(tell) {
      watching.add(tell);
      return () => void watching.delete(tell);
    },
    get path() {
      return recording?.file.path;
    },
  };
}

function orderedTo(bytes: Uint8Array): string | undefined {
  const frame = firstFrame(bytes);
  const decoded = frame && decode(frame);
  return decoded?.valid && decoded.message.name === 'masterHeartbeatLimit' ? decoded.message.receiver : undefined;
}

/** A reason without paths, host names and addresses: a capture may be published. */
export function redactPaths(reason: string, port: Port): string {
  const host = port.type === 'tcp' ? port.host : port.name;
  const place = /[/\\]|:.*:|\d+\.\d+\.\d+|^COM\d/;
  return reason
    .split(' ')
    .map((word) => (place.test(word) || word.includes(host) ? '…' : word))
    .join(' ');
}
