import { describe, expect, it } from 'vitest';
import { FlagError } from '../../../src/composition/flags.ts';
import { lastWords } from '../../../src/composition/last-words.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { KubeconfigError } from '../../../src/runtime/kube/kubeconfig-error.ts';

const SECRET = 'apio_live_canary0123456789';

/** An error that has the secret wherever errors have text. */
function leaky(): Error {
  const cause = new Error(SECRET);
  const error = new Error(`unexpected token in "${SECRET}"\n    at ${SECRET} (file:///${SECRET}.ts:1:1)`, { cause });
  return Object.assign(error, { input: SECRET, code: SECRET, mark: { snippet: SECRET } });
}

describe('what the process says when it cannot go on', () => {
  it.each([
    new FlagError('--concurrency x is not a whole number from 1 to 1024'),
    new CallError('denied', 'Forbidden', 'GET namespaces: no'),
    new KubeconfigError('cannot read the kubeconfig /x: missing'),
  ])('is the message alone of one of our own errors: %s', (error) => {
    expect(lastWords(Object.assign(error, { input: SECRET }))).toBe(error.message);
  });

  it('is, of any other error, its name and where it happened, and nothing that it quotes', () => {
    const said = lastWords(leaky());
    expect(said).toMatch(/^The operator failed: Error; .*\n +at leaky \(.*last-words\.test\.ts:\d+:\d+\)\n/);
    expect(said).not.toContain(SECRET);
  });

  it('has no stack where the message in it is not the message of today', () => {
    const error = new Error('second');
    error.stack = `Error: first\n    at ${SECRET} (file:///${SECRET}.ts:1:1)\n    at main (file:///main.ts:1:1)`;
    expect(lastWords(error)).not.toMatch(/canary|at /);
  });

  it('tells the code of a failure of the system', () => {
    const error = Object.assign(new Error('listen EADDRINUSE: 8080'), { code: 'EADDRINUSE' });
    expect(lastWords(error)).toContain('Error (EADDRINUSE)');
  });

  it.each([SECRET, { SECRET }, undefined])('shows nothing of what is no error: %j', (thrown) => {
    expect(lastWords(thrown)).toBe('The operator failed with something that is no error; nothing of it is shown');
  });
});
