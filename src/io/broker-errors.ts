// What goes wrong with a broker, in an owner's words.

import type { ErrorWithReasonCode } from 'mqtt';
import { Refusal } from './retry.ts';

/** Return codes of MQTT 3.1.1 (4, 5) and 5 (134, 135) for credentials that the broker does not take. */
const refusals = new Set<unknown>([4, 5, 134, 135]);

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection; does the broker run there?',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'the broker reset the connection',
  EPIPE: 'the connection was lost',
  CERT_HAS_EXPIRED: "the broker's certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "the broker's certificate is for another host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the broker's certificate is self-signed; name its authority in status.MQTT.ca",
  SELF_SIGNED_CERT_IN_CHAIN: "the broker's certificate is from an unknown authority; name it in status.MQTT.ca",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the broker's certificate is from an unknown authority; name it in status.MQTT.ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the broker's certificate is from an unknown authority; name it in status.MQTT.ca",
};

/** What the library says of bytes that are no packet, as when the port is that of a web page. */
const unreadable = /^(Invalid|Malformed|Cannot parse|Packet too short)/;

export function describeError(url: string, error: Error | ErrorWithReasonCode): Error {
  const { code } = error as { code?: unknown };
  if (refusals.has(code)) return new Refusal(`${url}: the broker refuses this username and password`);
  if (unreadable.test(error.message)) {
    return new Error(`${url}: what answers there does not speak MQTT; is the port right? (${error.message})`);
  }
  // An error that names several failed addresses has no message of its own.
  return new Error(`${url}: ${words[String(code)] ?? (error.message || String(code))}`);
}
