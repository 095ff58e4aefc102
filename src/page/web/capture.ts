// The capture: everything on the bus in a file, started and ended here, for whoever reports a problem.

import type { CapturesKept, Events } from '../wire.ts';
import { ask } from './ask.ts';
import { h, put } from './dom.ts';

export interface CaptureView {
  readonly element: HTMLElement;
  /** `able`: whether the bridge answers. */
  show(now: Events['capture'] | undefined, able: boolean): void;
}

export function createCapture(): CaptureView {
  const button = h('button', { type: 'button', class: 'plain', 'aria-describedby': 'capture-hint' });
  const hint = h('p', { class: 'hint', id: 'capture-hint' });
  const status = h('p', { class: 'hint', role: 'status' });
  const why = h('p', { class: 'why', role: 'alert' });
  const list = h('ul', { class: 'kept', 'aria-label': 'Captures, newest first' });
  let now: Events['capture'] | undefined;
  let asking = false;

  async function load(): Promise<void> {
    const told = now;
    const answer = await fetch('api/captures').catch(() => undefined);
    if (!answer?.ok) return;
    // The server of this page sends what is declared.
    const { newest } = (await answer.json()) as CapturesKept;
    // Whoever asked later has newer ones.
    if (told === now) list.replaceChildren(...newest.map((one) => row(one, one.name === now?.running)));
  }

  button.addEventListener('click', async () => {
    if (asking) return;
    asking = true;
    put(why, '');
    const on = now?.running === undefined;
    const refusal = await ask('api/capture', { on });
    if (refusal !== undefined) put(why, `Not ${on ? 'started' : 'ended'}: ${refusal}`);
    asking = false;
  });

  return {
    element: h(
      'div',
      { class: 'capture' },
      h('div', { class: 'line' }, h('h3', {}, 'Capture'), button),
      hint,
      status,
      why,
      list,
    ),
    show(told, able) {
      button.disabled = !able || !told;
      if (told === now) return;
      now = told;
      if (!told) return;
      put(button, told.running === undefined ? 'Capture' : 'End the capture');
      put(hint, purpose(told.mostMegabytes));
      put(status, told.words === '' ? '' : `${told.words.slice(0, 1).toUpperCase()}${told.words.slice(1)}.`);
      void load();
    },
  };
}

function purpose(megabytes: number): string {
  return (
    'To report a problem: choose Capture, let the problem happen, end it and download the file. It holds every byte on the ' +
    'bus, and with them the VINs of cars and the serial numbers of chargers: give it only to somebody who may know them. ' +
    `It ends by itself at ${megabytes} MB. The chargers do not notice it.`
  );
}

function row({ name, bytes }: CapturesKept['newest'][number], isWritten: boolean): HTMLElement {
  const link = h(
    'a',
    { class: 'plain', href: `captures/${name}`, download: name, 'aria-label': `Download ${name}` },
    name,
  );
  return h('li', {}, link, ' ', h('span', { class: 'hint' }, isWritten ? 'still written' : size(bytes)));
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
