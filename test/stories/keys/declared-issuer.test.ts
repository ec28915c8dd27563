import { describe, expect, it } from 'vitest';
import { declaredApio } from '../../doubles/declared-apio.ts';
import { LIVE_URL } from '../bad-input/network.ts';
import { arrive, type Newcomer } from '../bad-input/newcomer.ts';

/** A newcomer whose issuer is declared in YAML, request by request. */
function declare(): Newcomer {
  const newcomer = arrive();
  const http = declaredApio(LIVE_URL);
  expect(newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'declared' }, spec: { type: 'HTTP', http } })).toBe(
    undefined,
  );
  newcomer.create({ issuerRef: { name: 'declared' } });
  return newcomer;
}

describe('an issuer of type HTTP', () => {
  it('has its keys issued, published, migrated to and revoked like any other', async () => {
    const { story } = declare();
    await story.done(1);
    const first = story.serves();
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.live()).not.toContain(first);
    expect(story.wrong()).toEqual([]);
  });
});
