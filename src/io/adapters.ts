// Serial adapters by their lasting names: links that stay the same when adapters are plugged in another order.

import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { radioIn } from './radios.ts';

export const BY_ID = '/dev/serial/by-id/';

export interface Adapter {
  /** The link with the lasting name. */
  readonly path: string;
  /** What it points to now. */
  readonly device: string;
}

/** Sorted by name; none when there is no such folder. */
export async function adaptersIn(folder: string): Promise<readonly Adapter[]> {
  const names = await readdir(folder).catch(() => []);
  const paths = names.sort().map((name) => join(folder, name));
  return Promise.all(paths.map(async (path) => ({ path, device: await realpath(path).catch(() => path) })));
}

/** USB adapters by the place where they are plugged in, each once. */
async function placesBeside(folder: string): Promise<readonly Adapter[]> {
  const places = await adaptersIn(join(dirname(resolve(folder)), 'by-path'));
  const usb = places.filter(({ path }) => /-usb/.test(basename(path)));
  // The first name of a device counts.
  return usb.filter(({ device }, i) => usb.findIndex((one) => one.device === device) === i);
}

/**
 * Where adapters are alike and have no serial number only one of them can have the name that all share: the places of all
 * that it may lead to, none when every adapter has a name of its own.
 */
export async function sharedPlaces(folder: string): Promise<readonly Adapter[]> {
  const named = new Map((await adaptersIn(folder)).map(({ path, device }) => [device, path]));
  const places = await placesBeside(folder);
  if (places.every(({ device }) => named.has(device))) return [];
  return places.filter(({ device }) => radioIn(basename(named.get(device) ?? '')) === undefined);
}

/** The name under which an adapter is remembered; undefined for a device without a lasting name. */
export function lastingName(path: string): string | undefined {
  return /\/by-(id|path)\/[^/]+$/.test(path) ? basename(path) : undefined;
}

/**
 * The path of the adapter in a folder that is the one to open: the one that was used before, else the only one that may be
 * for chargers. Rejects with an error in an owner's words when there is none, or several.
 */
export async function adapterIn(folder: string, usedBefore?: string): Promise<string> {
  const found = await adaptersIn(folder);
  const possible = found.filter(({ path }) => radioIn(basename(path)) === undefined);
  const shared = await sharedPlaces(folder);
  if (usedBefore !== undefined) {
    const same = [...(shared.length > 0 ? [] : found), ...(await placesBeside(folder))];
    const path = same.find((one) => basename(one.path) === usedBefore)?.path;
    if (path !== undefined) return path;
  }
  if (shared.length > 0) throw new Error(`${folder}: ${alike} ${listed(shared)}`);
  if (usedBefore !== undefined) throw new Error(`${join(folder, usedBefore)}: ${goneWith(possible)}`);
  const [first] = possible;
  if (!first) throw new Error(`${folder}: ${noneOf(found)}`);
  if (new Set(possible.map(({ device }) => device)).size === 1) return first.path;
  throw new Error(`${folder}: more than one serial adapter, choose one in the configuration: ${listed(possible)}`);
}

const alike =
  'several adapters are alike and share one name, which may lead to any of them. Choose one by the place where it is plugged in:';

function goneWith(others: readonly Adapter[]): string {
  const other =
    others.length === 0 ? '' : ` Another is not taken in its place: if it is to be, choose ${listed(others)}`;
  return `the adapter that was used before is not there; is it plugged in?${other}`;
}

function noneOf(found: readonly Adapter[]): string {
  const none = 'there is no serial adapter; is it plugged in?';
  return found.length === 0 ? none : `${none} ${radiosAmong(found)}`;
}

/** What is left alone, and why; empty for nothing. */
export function radiosAmong(found: readonly Adapter[]): string {
  return found
    .flatMap(({ path }) =>
      radioIn(basename(path)) ? [`${basename(path)} is ${radioIn(basename(path))} and not used`] : [],
    )
    .join('; ');
}

function listed(adapters: readonly Adapter[]): string {
  return adapters.map(({ path }) => path).join(' and ');
}
