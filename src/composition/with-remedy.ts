import { CallError } from '../http/call-error.ts';

/** Says what is missing where the Kubernetes API only says no. */
export function withRemedy(remedy: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CallError && error.status === 403)) throw error;
    throw new CallError('denied', error.reason, `${error.message}; ${remedy}`, error);
  };
}
