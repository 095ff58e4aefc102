// What a running process costs, as Linux counts it.

import { readdir, readFile } from 'node:fs/promises';

/** CPU time of all threads so far, ms. */
export async function cpu(pid: number): Promise<number> {
  const spent = await ofThreads(pid, 'schedstat', (text) => Number(text.split(' ')[0]));
  return spent / 1e6;
}

/** How often any of its threads has gone to sleep so far. */
export function wakeUps(pid: number): Promise<number> {
  return ofThreads(pid, 'status', (text) => Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1]));
}

/** Resident memory, MB. */
export async function resident(pid: number): Promise<number> {
  return Number(/VmRSS:\s*(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

export async function descriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

async function ofThreads(pid: number, file: string, count: (text: string) => number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/${file}`, 'utf8')));
  return texts.reduce((sum, text) => sum + count(text), 0);
}
