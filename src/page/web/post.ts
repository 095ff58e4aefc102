// Sends a command to the bridge.

/** Gives why it was refused, undefined if it was not. */
export async function post(path: string, json: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    if (answer.ok) return undefined;
    return (await answer.text()).trim() || `refused (${answer.status})`;
  } catch {
    return 'the bridge does not answer';
  }
}
