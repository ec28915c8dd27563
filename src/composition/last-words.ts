import { CallError } from '../http/call-error.ts';
import { KubeconfigError } from '../runtime/kube/kubeconfig-error.ts';
import { FlagError } from './flags.ts';

/**
 * What to print when the process cannot go on. Messages of our own errors hold no secret and say what to do; those of others
 * may quote what they choked on, in the message and in properties, so of them only name, code and the places in code are told.
 */
export function lastWords(error: unknown): string {
  if (error instanceof FlagError || error instanceof CallError || error instanceof KubeconfigError)
    return error.message;
  if (!(error instanceof Error)) return 'The operator failed with something that is no error; nothing of it is shown';
  const code =
    'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(error.code) ? error.code : '';
  const what = `${/^[A-Za-z]+$/.test(error.name) ? error.name : 'Error'}${code && ` (${code})`}`;
  const hint = 'its message is not shown, as it may quote a secret; this is where it happened, please report it';
  return [`The operator failed: ${what}; ${hint}`, ...framesOf(error)].join('\n');
}

/** The lines of the stack after the message, which may have lines of its own that only look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const frame = /^ +at [^()]*(\(?(file:\/\/\/|node:|\/)[^()\s]+:\d+:\d+\)?|\(?<anonymous>\)?)$/;
  return stack
    .slice(start + message.length)
    .split('\n')
    .filter((line) => frame.test(line));
}
