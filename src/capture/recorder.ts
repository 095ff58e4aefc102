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

export function createRecorder(settings: RecorderSettings): Recorder {
  return new BridgeRecorder(settings);
}

class BridgeRecorder implements Recorder {
  readonly mostMegabytes = MOST_MEGABYTES;
  readonly #settings: RecorderSettings;
  /** The last limit said to each charger. */
  readonly #orders = new Map<string, Uint8Array>();
  readonly #watching = new Set<(news: string) => void>();
  #known: Header['known'];
  #link: Happening | undefined;
  #recording: Recording | undefined;
  #ended = Promise.resolve();

  constructor(settings: RecorderSettings) {
    this.#settings = settings;
    this.#known = settings.known;
  }

  get path(): string | undefined {
    return this.#recording?.file.path;
  }

  readonly recorded = (bridge: Bridge): Bridge => ({
    step: (input, now) => {
      const outputs = bridge.step(input, now);
      this.#record(input, outputs, now);
      return outputs;
    },
    wakeAt: (now) => bridge.wakeAt(now),
    lastFrame: (now) => bridge.lastFrame(now),
    get findings() {
      return bridge.findings;
    },
  });

  start(file: CaptureFile, startedAt: string, now: number): void {
    void this.end('another one begins');
    const { config } = this.#settings;
    const { type } = config['interface.port'];
    const link = type === 'folder' ? 'serial' : type;
    const header = headerLine({
      version,
      startedAt,
      link,
      config,
      known: this.#known,
      orders: [...this.#orders.values()],
    });
    file.write(header);
    this.#recording = { file, startedAt: now, lastAt: now, size: header.length + 1 };
    if (this.#link) this.#write(this.#link, now);
    this.#say('info', file.path, `captures what is on the bus, up to ${MOST_MEGABYTES} MB`);
  }

  end(reason: string): Promise<void> {
    if (!this.#recording) return this.#ended;
    const { file, lastAt } = this.#recording;
    this.#write({ end: reason }, lastAt);
    this.#recording = undefined;
    this.#ended = file.close().then(() => {
      if (file.broken === undefined) this.#say('info', file.path, `the capture is complete, ${reason}`);
      else this.#say('warn', file.path, `the capture has ended, it cannot be written: ${file.broken}`);
    });
    return this.#ended;
  }

  watch(tell: (news: string) => void): () => void {
    this.#watching.add(tell);
    return () => void this.#watching.delete(tell);
  }

  #record(input: Input, outputs: readonly Output[], now: number): void {
    if (this.#recording) this.#recording = { ...this.#recording, lastAt: now };
    for (const happened of this.#happenings(input, outputs)) {
      if ('link' in happened) this.#link = happened;
      this.#write(happened, now);
    }
    for (const output of outputs) this.#keep(output);
    const { file, size = 0 } = this.#recording ?? {};
    if (file?.broken !== undefined) void this.end('it cannot be written');
    else if (size >= MOST_MEGABYTES * MEGABYTE) void this.end(`${MOST_MEGABYTES} MB are reached`);
  }

  #happenings(input: Input, outputs: readonly Output[]): Happening[] {
    const said = outputs.flatMap((output) => (output.type === 'send' ? [{ said: output.bytes }] : []));
    const came = happening(input, this.#settings.config);
    return came ? [came, ...said] : said;
  }

  #keep(output: Output): void {
    if (output.type === 'save') this.#known = { chargers: output.chargers, setPoints: output.setPoints };
    if (output.type !== 'send') return;
    const charger = orderedTo(output.bytes);
    if (charger !== undefined) this.#orders.set(charger, output.bytes);
  }

  #write(happened: Happening, now: number): void {
    if (!this.#recording) return;
    const { file, startedAt, size } = this.#recording;
    const line = entryLine({ at: Math.max(0, now - startedAt), ...happened });
    file.write(line);
    this.#recording = { ...this.#recording, size: size + line.length + 1 };
  }

  #say(level: 'warn' | 'info', path: string, news: string): void {
    this.#settings.log(level, `${path}: ${news}`);
    for (const tell of this.#watching) tell(news);
  }
}

function happening(input: Input, config: Config): Happening | undefined {
  const below = `${config['status.MQTT.topicPrefix']}/`;
  if (input.type === 'bytes') return { heard: input.bytes };
  if (input.type === 'link' && input.up) return { link: 'up' };
  if (input.type === 'link') return { link: 'down', reason: redactPaths(input.reason, config['interface.port']) };
  if (input.type !== 'message' || !input.topic.startsWith(below)) return undefined;
  const name = input.topic.slice(below.length);
  // What bridges tell of themselves is no command, and names the installation.
  if (name.startsWith('bridge/')) return undefined;
  const asked = { asked: name, payload: input.payload.slice(0, LONGEST_PAYLOAD) };
  return input.retained ? { ...asked, retained: true } : asked;
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
