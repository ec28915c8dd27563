/** An answer in parts: `data` is the body's member of that name, empty where there is none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Asks a Vault without any client in between, so that status codes and words are seen as they are. */
export interface VaultProbe {
  call(method: string, path: string, body?: object): Promise<Answer>;
}

/** A probe with one token; the empty text stands for none. */
export function createVaultProbe({ url, token }: { url: string; token: string }): VaultProbe {
  return {
    async call(method, path, body) {
      const response = await fetch(`${url}/v1/${path}`, {
        method,
        headers: { 'Content-Type': 'application/json', ...(token ? { 'X-Vault-Token': token } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      const parsed: unknown = text ? JSON.parse(text) : undefined;
      return { status: response.status, body: parsed, data: dataOf(parsed) };
    },
  };
}

function dataOf(body: unknown): Record<string, unknown> {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  return typeof data === 'object' && data !== null ? { ...data } : {};
}
