// A page of Home Assistant's own frontend in a browser, as a person sees it.

import type { Page } from 'playwright-core';
import { launch, picture } from '../chromium.ts';
import type { HomeAssistant } from './hass.ts';

/** Opens a page, waits until all of `texts` stand there, and leaves a picture of it in test-output. */
export async function photograph(
  home: HomeAssistant,
  path: string,
  texts: readonly string[],
  name: string,
): Promise<void> {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1100 }, locale: 'en' });
    await signIn(page, home);
    await page.goto(`${home.url}${path}`);
    try {
      // The element that carries a value has no box of its own, so it does not count as visible.
      for (const text of texts) await page.getByText(text).first().waitFor({ state: 'attached' });
    } finally {
      await picture(page, name);
    }
  } finally {
    await browser.close();
  }
}

/** What is opened in the page from now on is seen by a person with a login. */
export async function signIn(page: Page, { url, token }: Pick<HomeAssistant, 'url' | 'token'>): Promise<void> {
  await welcomed(url, token);
  const tokens = { access_token: token, token_type: 'Bearer', hassUrl: url, clientId: `${url}/`, refresh_token: '' };
  const lasting = JSON.stringify({ ...tokens, expires_in: 1_800, expires: Date.now() + 86_400_000 });
  await page.addInitScript(`localStorage.setItem('hassTokens', ${JSON.stringify(lasting)})`);
}

/** Before its first steps are done, Home Assistant shows people nothing else. */
async function welcomed(url: string, token: string): Promise<void> {
  const body = JSON.stringify({ client_id: `${url}/`, redirect_uri: `${url}/?auth_callback=1` });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (const step of ['core_config', 'analytics', 'integration']) {
    await fetch(`${url}/api/onboarding/${step}`, { method: 'POST', headers, body });
  }
}
