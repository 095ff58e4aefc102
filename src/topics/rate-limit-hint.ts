// What the limit of updates means for an owner who sees more than bare topics.

/** A value that is older than this does not look live, ms. */
const SOON = 10_000;

interface Updates {
  /** Milliseconds between two updates of one topic. */
  readonly ratelimit: number;
  readonly discovery: { readonly mode: string };
}

/** Undefined where values look live, or nothing is announced. */
export function rateLimitHint({ ratelimit, discovery: { mode } }: Updates): string | undefined {
  if (mode === 'off' || ratelimit <= SOON) return undefined;
  const text = `power, current and energy come to Home Assistant at most every ${ratelimit / 1_000} s`;
  return `${text} (status.MQTT.ratelimit), and at once when a car begins or ends to charge; set it to 5 to see them live`;
}
