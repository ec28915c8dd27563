import { CallError } from '../http/call-error.ts';

/** The outcome of a call: what it gave, `Denied` where whoever asks may not look, undefined where there is no such kind or object. */
export async function look<T>(call: Promise<T>): Promise<T | 'Denied' | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.status === 404) return undefined;
    if (error.status === 403) return 'Denied';
    throw error;
  }
}
