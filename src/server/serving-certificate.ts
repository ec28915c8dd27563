import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Clock, sleep } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

/** Where a certificate chain and its private key are, in PEM: for instance `tls.crt` and `tls.key` of a mounted Secret. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** What a TLS server serves with. */
export interface ServingPair extends Pick<SecureContextOptions, 'minVersion'> {
  readonly cert: string;
  readonly key: string;
  /** When the server's own certificate ends; milliseconds since the epoch. */
  readonly endsAt: number;
}

/**
 * The kubelet writes a renewed Secret within a minute or two, so looking more often would bring nothing; watching files
 * would cost an inotify instance, of which a node has few.
 */
const LOOK_EVERY_MS = 60_000;

/** Reads both files. Throws an Error that names the file and the remedy where they cannot be served with. */
export async function readServingPair({ cert, key }: CertificateFiles): Promise<ServingPair> {
  const pair = { cert: await readPem(cert), key: await readPem(key), minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(pair);
    return { ...pair, endsAt: Date.parse(new X509Certificate(pair.cert).validTo) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const remedy = 'write a certificate chain in PEM and the private key that belongs to it, without a passphrase';
    throw new Error(`${cert} and ${key} are no pair to serve TLS with (${code}); ${remedy}`);
  }
}

/** Gives each new pair to `serve`, until `signal` aborts. What cannot be served with is told once, and what was served stays. */
export async function followServingPair(
  files: CertificateFiles,
  present: ServingPair,
  serve: (pair: ServingPair) => void,
  {
    clock,
    log,
    signal,
  }: { readonly clock: Clock; readonly log: Pick<Log, 'info' | 'warn'>; readonly signal: AbortSignal },
): Promise<void> {
  let [toldProblem, toldEnd] = ['', 0];
  for (let served = present; !signal.aborted; ) {
    if (served.endsAt <= clock.now() && served.endsAt !== toldEnd) {
      toldEnd = served.endsAt;
      log.warn({}, expired(files.cert, served));
    }
    await sleep(clock, LOOK_EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const pair = await readServingPair(files);
      toldProblem = '';
      if (pair.cert === served.cert && pair.key === served.key) continue;
      serve(pair);
      served = pair;
      log.info({}, `${files.cert} was renewed: new connections get the new certificate`);
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown error';
      if (problem !== toldProblem) log.warn({}, `${problem}; until then the certificate before is served`);
      toldProblem = problem;
    }
  }
}

function expired(cert: string, { endsAt }: ServingPair): string {
  const since = new Date(endsAt).toISOString();
  return `${cert} has expired at ${since}: consumers refuse it, and their reports do not come; renew the Secret that is mounted there`;
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(
      `${path} cannot be read (${code}); mount the Secret with the certificate there, or correct the flag`,
    );
  }
}
