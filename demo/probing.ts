import type { Output } from './leak-scan.ts';
import type { OperatorAddresses } from './operator-process.ts';

const TIMEOUT_MS = 5_000;

/** What a server answers to a GET with this bearer token: its status, 0 where there is no answer. */
export async function statusOf(url: string, bearer: string): Promise<number> {
  try {
    const { status, body } = await fetch(url, {
      headers: { authorization: `Bearer ${bearer}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await body?.cancel();
    return status;
  } catch {
    return 0;
  }
}

/** What a mistaken or hostile client of the reports API has in hand. */
export interface Clumsiness {
  /** `…/v1/namespaces/demo/rotations/payments` */
  readonly rotationURL: string;
  readonly keyText: string;
  readonly token: string;
}

/**
 * What the operator answers to anyone who looks at its metrics, and to those who send a key where none belongs: such a
 * mistake must not end in an answer or a log.
 */
export async function provokeAnswers(
  { probes }: OperatorAddresses,
  { rotationURL, keyText, token }: Clumsiness,
): Promise<readonly Output[]> {
  const reports = `${rotationURL}/reports`;
  const body = (content: object) => JSON.stringify(content);
  const fingerprint = '0'.repeat(16);
  return Promise.all([
    exchange('metrics', `${probes}/metrics`),
    exchange('answer of /readyz', `${probes}/readyz`),
    exchange('answer to a report without token', reports, { body: body({ fingerprint }) }),
    exchange('answer to a key as bearer token', reports, { body: body({ fingerprint }), bearer: keyText }),
    exchange('answer to a key as fingerprint', reports, { body: body({ fingerprint: keyText }), bearer: token }),
    exchange('answer to a key as proof', reports, { body: body({ fingerprint, proof: keyText }), bearer: token }),
    exchange('answer to a key as consumer', reports, { body: body({ fingerprint, consumer: keyText }), bearer: token }),
    exchange('answer to a key in broken JSON', reports, { body: `{"fingerprint": ${keyText}`, bearer: token }),
    exchange('answer to a key in the query', `${rotationURL}?consumer=${keyText}`, { bearer: token }),
  ]);
}

async function exchange(
  channel: string,
  url: string,
  { body, bearer }: { readonly body?: string; readonly bearer?: string } = {},
): Promise<Output> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(
      url,
      body === undefined ? { headers, signal } : { method: 'POST', body, headers, signal },
    );
    const shown = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    return { channel, text: `${response.status}\n${shown}\n\n${await response.text()}` };
  } catch (error) {
    return { channel, text: String(error) };
  }
}
