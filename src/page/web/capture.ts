// The capture: everything on the bus in a file, started and ended here, to report a problem with.

import type { CapturesKept, Events } from '../wire.ts';
import { h, setText } from './dom.ts';
import { sentence } from './notices.ts';
import { post } from './post.ts';

export interface CaptureView {
  readonly element: HTMLElement;
  /** `able`: whether the bridge answers. */
  show(capture: Events['capture'] | undefined, able: boolean): void;
}

export function createCapture(): CaptureView {
  const button = h('button', { type: 'button', class: 'small', 'aria-describedby': 'capture-hint' });
  const hint = h('p', { class: 'hint', id: 'capture-hint' });
  const status = h('p', { class: 'hint', role: 'status' });
  const error = h('p', { class: 'error', role: 'alert' });
  const list = h('ul', { class: 'kept' });
  let shown: Events['capture'] | undefined;
  let asking = false;

  async function load(): Promise<void> {
    const before = shown;
    const answer = await fetch('api/captures').catch(() => undefined);
    if (!answer?.ok) return;
    // The server of this page sends what is declared.
    const { newest } = (await answer.json()) as CapturesKept;
    // Another call that began later has newer ones.
    if (before === shown) list.replaceChildren(...newest.map((one) => row(one, one.name === shown?.running)));
  }

  button.addEventListener('click', async () => {
    if (asking) return;
    asking = true;
    setText(error, '');
    const on = shown?.running === undefined;
    const refusal = await post('api/capture', { on });
    if (refusal !== undefined) setText(error, `Not ${on ? 'started' : 'ended'}: ${refusal}`);
    asking = false;
  });

  return {
    element: h(
      'div',
      { class: 'capture' },
      h('div', { class: 'line' }, h('h3', {}, 'Capture'), button),
      hint,
      status,
      error,
      list,
    ),
    show(capture, able) {
      button.disabled = !able || !capture;
      if (capture === shown) return;
      shown = capture;
      if (!capture) return;
      setText(button, capture.running === undefined ? 'Capture' : 'End the capture');
      setText(hint, purpose(capture.mostMegabytes));
      setText(status, sentence(capture.words));
      void load();
    },
  };
}

function purpose(megabytes: number): string {
  return (
    'To report a problem: choose Capture, let the problem happen, end the capture and download the file. It holds every byte ' +
    'on the bus, with the VINs of cars and the serial numbers of chargers: give it only to people who may know them. ' +
    `A capture ends by itself at ${megabytes} MB. The chargers do not notice it.`
  );
}

function row({ name, bytes }: CapturesKept['newest'][number], isWritten: boolean): HTMLElement {
  const link = h(
    'a',
    { class: 'plain', href: `captures/${name}`, download: name, 'aria-label': `Download ${name}` },
    name,
  );
  return h('li', {}, link, ' ', h('span', { class: 'hint' }, isWritten ? 'still being written' : size(bytes)));
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
