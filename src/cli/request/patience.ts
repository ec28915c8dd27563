import { parseDuration } from '../../api/duration.ts';
import type { FlagDeclaration, Invocation } from '../command.ts';
import { usageError } from '../exit.ts';
import type { Patience } from './ask.ts';

/** Flags of commands that ask the operator for something. */
export const WAIT_FLAGS: Readonly<Record<string, FlagDeclaration>> = {
  wait: { type: 'boolean', help: 'until the operator took or refused it (the default)' },
  'no-wait': { type: 'boolean', help: 'only ask' },
  timeout: { type: 'string', hint: 'DURATION', help: 'how long to wait; default 30s, and 2m where people gave a key' },
};

/** How long to wait for the answer. Throws CommandError for what is no duration. */
export function patienceOf(invocation: Invocation, fallback = '30s'): Patience {
  const text = invocation.text('timeout') ?? fallback;
  const timeoutMs = parseDuration(text);
  if (timeoutMs === undefined || timeoutMs === 0) {
    throw usageError(`--timeout ${text} is not a duration; write for instance 90s, 10m or 1h30m`);
  }
  if (invocation.has('wait') && invocation.has('no-wait')) throw usageError('--wait and --no-wait exclude each other');
  return { waits: !invocation.has('no-wait'), timeoutMs };
}
