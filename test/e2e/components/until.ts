/** How long to wait, and what for. */
export interface Patience {
  /** Completes "did not come within 30000 ms:". */
  readonly what: string;
  readonly timeoutMs: number;
  /** Between two looks; default 50. */
  readonly everyMs?: number;
  /** Told when it does not come, after the error of the last look where it ended in one. */
  readonly last?: () => string;
}

/** Resolves with the first answer that is not undefined or false; an error counts as none. Rejects after `timeoutMs`. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { what, timeoutMs, everyMs = 50, last }: Patience,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let problem: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      problem = error;
    }
    if (performance.now() > deadline) {
      const told = [...withCauses(problem), last?.() ?? []].flat();
      throw new Error(`did not come within ${timeoutMs} ms: ${what}. ${told.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** `fetch failed` says nothing: what did is its cause. */
function withCauses(problem: unknown): readonly string[] {
  if (problem === undefined) return [];
  return [String(problem), ...(problem instanceof Error ? withCauses(problem.cause) : [])];
}
