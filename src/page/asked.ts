// What can be asked of the page's server with JSON, by the path under which it is asked for.

import type { Captures } from '../capture/library.ts';

interface Answer {
  readonly status: number;
  /** What has happened, or why nothing has; undefined if there is nothing to say. */
  readonly words?: string;
}

export interface AskedSettings {
  /** Asks for something; gives why it was refused, undefined if it was not. The topic is below the prefix. */
  readonly command: (topic: string, payload: string) => string | undefined;
  readonly captures?: Pick<Captures, 'ask'>;
}

type Ask = (json: Fields) => Answer | Promise<Answer>;
type Fields = Readonly<Record<string, unknown>>;

export function postRoutes({ command, captures }: AskedSettings): Readonly<Record<string, Ask>> {
  return {
    '/api/command'({ topic, payload }) {
      if (typeof topic !== 'string' || typeof payload !== 'string') {
        return { status: 400, words: 'expected a topic and a payload as JSON' };
      }
      const refusal = command(topic, payload);
      return refusal === undefined ? { status: 204 } : { status: 422, words: refusal };
    },
    ...(captures && {
      async '/api/capture'({ on }: Fields) {
        if (typeof on !== 'boolean') return { status: 400, words: 'expected on, true or false, as JSON' };
        const { done, words } = await captures.ask(on);
        return { status: done ? 200 : 422, words };
      },
    }),
  };
}

/** The fields of a JSON object; none when it is something else. */
export function fieldsIn(text: string): Fields {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Fields) : {};
  } catch {
    return {};
  }
}
