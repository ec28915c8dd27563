/** Runs a call with a signal that aborts after `timeoutMs`, or when `signal` does; it covers reading the answer too. */
export async function withDeadline<T>(
  signal: AbortSignal,
  timeoutMs: number,
  call: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(timedOut()), timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function timedOut(): Error {
  return Object.assign(new Error('The call took too long'), { code: 'ETIMEDOUT' });
}
