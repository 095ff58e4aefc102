// What a page owes to people who see little or use no mouse, looked at in the browser itself.

import axeCore from 'axe-core';
import { HtmlValidate } from 'html-validate';
import type { Page } from 'playwright-core';

/** What axe-core finds, a line for each element. */
export async function accessibility(page: Page): Promise<readonly string[]> {
  // Beside the security policy of the page, as a debugger would.
  await page.evaluate(axeCore.source);
  return page.evaluate(axe);
}

/** What html-validate finds. */
export async function markupErrors(html: string): Promise<readonly string[]> {
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: {
      'doctype-style': ['error', { style: 'lowercase' }],
      // The formatter and the DOM write them as they like.
      'void-style': 'off',
      'no-trailing-whitespace': 'off',
      'attribute-boolean-style': 'off',
      'attribute-empty-style': 'off',
      'no-inline-style': 'off',
    },
  });
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
  );
}

/** Counts layout shifts from now on; before the page is loaded. */
export async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(shifts);
}

/** The sum of all layout shifts so far. */
export async function layoutShift(page: Page): Promise<number> {
  return page.evaluate('globalThis.layoutShift ?? 0');
}

/** Texts whose contrast to what is behind them is less than WCAG AA asks for; what is disabled does not count. */
export async function faintTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(faint);
}

/** How much wider the page is than the window, pixels. */
export async function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** The names of what the Tab key reaches, in its order, up to the `most`th. */
export async function tabOrder(page: Page, most: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    names.push(await page.evaluate(focused));
  }
  return names;
}

/** Controls without a name, as a screen reader would meet them. */
export async function namelessControls(page: Page): Promise<readonly string[]> {
  const tree = await page.locator('body').ariaSnapshot();
  return tree.split('\n').filter((line) => /- (button|switch|spinbutton|checkbox|link)(?! ")(:|$| \[)/.test(line));
}

const focused = `(() => {
  const { activeElement: element } = document;
  return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
})()`;

const faint = `(() => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, i) => (value * a + under[i] * (255 - a)) / 255);
  const behind = (element) => {
    const colour = rgba(getComputedStyle(element).backgroundColor);
    if (colour[3] === 255 || !element.parentElement) return colour.slice(0, 3);
    return over(colour, behind(element.parentElement));
  };
  const faded = (element) => (element ? Number(getComputedStyle(element).opacity) * faded(element.parentElement) : 1);
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (words === '' || element.closest('[disabled], noscript, svg') || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const text = over(rgba(style.color), ground);
    const seen = faded(element) === 1 ? text : over([...text, 255 * faded(element)], ground);
    const [one, two] = [light(seen), light(ground)].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (two + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 600);
    if (contrast < (large ? 3 : 4.5)) found.push(words + ': ' + contrast.toFixed(2));
  }
  return found;
})()`;

const shifts = `
  globalThis.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value } of list.getEntries()) if (!hadRecentInput) globalThis.layoutShift += value;
  }).observe({ type: 'layout-shift', buffered: true });
`;

const axe = `
  globalThis.axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))),
  )
`;
