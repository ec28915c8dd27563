import { describe, expect, it } from 'vitest';
import { createCredentials } from '../../../src/composition/credentials.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi, KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const FORBIDDEN = new CallError('denied', 'Forbidden', 'POST ServiceAccount shop/login (token): Forbidden', {
  status: 403,
});

/** Credentials over a Kubernetes API that notes every request and answers as told. */
function setUp({ storeAudiences = ['vault'], failure }: { storeAudiences?: string[]; failure?: CallError } = {}) {
  const requests: string[] = [];
  const kube: Pick<KubeApi, 'get' | 'createSubresource'> = {
    async get<T extends KubeObject>() {
      requests.push('get');
      if (failure) throw failure;
      return { metadata: { name: 'apio' }, data: { apiKey: 'dGV4dA==' } } as KubeObject as T;
    },
    async createSubresource<T extends object>(_ref: unknown, _subresource: string, body: T) {
      requests.push(JSON.stringify(body));
      if (failure) throw failure;
      return { ...body, status: { token: 'aaaa.bbbb.cccc' } };
    },
  };
  return { requests, credentials: createCredentials({ kube, clock: new VirtualClock(), storeAudiences }) };
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );

describe('a token to log in to a store with', () => {
  it.each([
    ['vault', ['vault']],
    ['vault-test', ['vault', 'vault-test']],
  ])('is made for the audience %s where %j are allowed', async (audience, storeAudiences) => {
    const { credentials, requests } = setUp({ storeAudiences });
    const token = await credentials.serviceAccountToken(
      'shop',
      { serviceAccountName: 'login', audience },
      'vault.auth.jwt',
    )();
    expect(token.reveal()).toBe('aaaa.bbbb.cccc');
    expect(requests).toEqual([expect.stringContaining(`"audiences":["${audience}"]`)]);
  });

  it.each([
    ['of the Kubernetes API', 'https://kubernetes.default.svc', ['vault']],
    ['of another service', 'sts.amazonaws.com', ['vault']],
    ['that only begins like an allowed one', 'vault-test', ['vault']],
    ['that is empty, which means the Kubernetes API', '', ['vault']],
    ['that is empty, even if that were allowed', '', ['']],
    ['of blanks, even if that were allowed', ' ', [' ']],
  ])('is not asked for with an audience %s', async (_what, audience, storeAudiences) => {
    const { credentials, requests } = setUp({ storeAudiences });
    const error = await failureOf(
      credentials.serviceAccountToken('shop', { serviceAccountName: 'login', audience }, 'vault.auth.jwt')(),
    );
    expect(error).toMatchObject({ outcome: 'refused', reason: 'AudienceNotAllowed' });
    expect(requests).toEqual([]);
  });

  it('that is refused names field, allowed audiences and flag', async () => {
    const { credentials } = setUp({ storeAudiences: ['vault', 'bao'] });
    const error = await failureOf(
      credentials.serviceAccountToken('shop', { serviceAccountName: 'login', audience: 'aws' }, 'vault.auth.jwt')(),
    );
    const said = /spec\.vault\.auth\.jwt\.audience is "aws", allowed is vault, bao: .* --store-audiences/;
    expect(String(error)).toMatch(said);
  });
});

describe('a permission that the operator lacks is named', () => {
  const forbidden = () => setUp({ failure: FORBIDDEN }).credentials;

  it.each([
    [
      '`create` on serviceaccounts/token of shop/login',
      () =>
        forbidden().serviceAccountToken('shop', { serviceAccountName: 'login', audience: 'vault' }, 'vault.auth.jwt'),
    ],
    [
      '`create` on serviceaccounts/token of shop/login; where policy apikeyrotation-tokens bounds its account, that has to name audience sts.amazonaws.com (policies.awsTokens of the chart)',
      () => forbidden().stsToken('shop', 'login'),
    ],
    ['`get` on secrets of namespace shop', () => forbidden().secret('shop', { name: 'apio', key: 'apiKey' })],
  ])('%s', async (missing, read) => {
    const error = await failureOf(read()());
    expect(error).toMatchObject({ outcome: 'denied', reason: 'Forbidden', status: 403 });
    expect(String(error)).toContain(`the operator needs ${missing}`);
  });

  it('and no other failure is taken for one', async () => {
    const failure = new CallError('unavailable', 'ConnectionFailed', 'no answer');
    const { credentials } = setUp({ failure });
    expect(
      await failureOf(
        credentials.serviceAccountToken('shop', { serviceAccountName: 'login', audience: 'vault' }, 'vault.auth.jwt')(),
      ),
    ).toMatchObject({ outcome: 'unavailable', reason: 'ConnectionFailed', message: 'no answer' });
  });
});
