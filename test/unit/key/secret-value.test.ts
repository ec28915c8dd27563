import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';

const TEXT = 'apio_live_the_text_of_a_key';
const secret = new SecretValue(TEXT);

describe('the text of a key', () => {
  it.each<[string, () => unknown]>([
    ['in JSON, however deep', () => JSON.stringify({ a: [{ secret }] })],
    [
      'to inspect, with hidden properties too',
      () => inspect({ secret }, { showHidden: true, depth: 9, getters: true }),
    ],
    ['in a template', () => `${secret}`],
    ['put together with a text', () => `a ${String(secret)}`],
    ['as the message of an error', () => new Error(`${secret}`).stack],
    ['among its own properties', () => [Object.entries(secret), Reflect.ownKeys(secret)]],
    ['spread into another object', () => inspect({ ...secret })],
    ['in a clone', () => inspect(structuredClone(secret))],
  ])('does not come out %s', (_where, show) => {
    expect(inspect(show())).not.toContain(TEXT.slice(0, 12));
  });

  it('comes out where it is asked for by name', () => expect(secret.reveal()).toBe(TEXT));
});
