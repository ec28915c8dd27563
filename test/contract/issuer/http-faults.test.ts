import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { MAX_RESPONSE_BYTES } from '../../../src/http/limits.ts';
import type { HttpDeclaration } from '../../../src/issuers/http/declaration.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { ATLAS } from '../../doubles/vendors/atlas.ts';
import { GRAFANA } from '../../doubles/vendors/grafana.ts';
import type { VendorFault } from '../../doubles/vendors/vendor-server.ts';
import { type RecipeSetup, setUpRecipe } from './recipe.ts';
import { issued } from './recipe-contract.ts';

const TOKENS = '/api/serviceaccounts/:account/tokens';
const [ISSUE, LIST, REVOKE] = [`POST ${TOKENS}`, `GET ${TOKENS}`, `DELETE ${TOKENS}/:token`];
const PROBE = 'GET /api/org';
const SECRETS = { token: 'glsa_admin_of_the_organization' };
const SPEC = { environment: 'Live', permissions: ['role-of-the-service-account'] };
/** Stands in every answer that goes wrong. */
const CANARY = 'glsa_canary_that_nobody_may_repeat';

let setup: RecipeSetup;
beforeEach(async () => {
  setup = await setUpRecipe({
    file: 'grafana',
    vendor: GRAFANA,
    secrets: SECRETS,
    parameters: { serviceAccount: '2' },
  });
});
afterEach(() => setup.close());

const attempt = () => ({ installation: 'here', uid: randomUUID(), revision: 1, attempt: 1 });
const alive = () => setup.server.keys.all.filter(({ isAlive }) => isAlive).length;
const answer = (status: number, headers: Record<string, string> = {}): VendorFault => ({
  status,
  headers,
  body: { error: { code: CANARY, message: CANARY }, key: CANARY },
});

async function errorOf(call: Promise<unknown>): Promise<CallError> {
  const error = await call.catch((reason: unknown) => reason);
  if (!(error instanceof CallError)) throw new Error('expected a CallError');
  expect(`${error.message} ${error.stack}`).not.toMatch(/canary|glsa_/);
  return error;
}

describe('an issue request', () => {
  const cases: readonly [what: string, fault: VendorFault, expected: object][] = [
    ['that comes too soon', answer(429, { 'retry-after': '9' }), { outcome: 'unavailable', retryAfterSeconds: 9 }],
    ['to a server that is being repaired', answer(503), { outcome: 'unavailable' }],
    ['that fails in the server', answer(500), { outcome: 'unknown', reason: 'ServerError' }],
    ['whose name is taken', answer(409), { outcome: 'conflict' }],
    ['that is wrong', answer(422), { outcome: 'refused', reason: 'RequestRefused' }],
    [
      'that is sent elsewhere',
      answer(307, { location: 'https://evil.test/' }),
      { outcome: 'refused', reason: 'Redirected' },
    ],
    [
      'that is answered by a website',
      { status: 200, body: '<html>' },
      { outcome: 'unknown', reason: 'UnusableAnswer' },
    ],
    ['that is answered with something else', answer(200), { outcome: 'unknown', reason: 'UnusableAnswer' }],
    [
      'that is answered without end',
      { status: 200, body: JSON.stringify({ id: 1, key: 'x'.repeat(MAX_RESPONSE_BYTES) }) },
      { outcome: 'unknown', reason: 'UnusableAnswer' },
    ],
  ];
  it.each(cases)('%s is told apart from one that made a key', async (_what, fault, expected) => {
    setup.server.strike(ISSUE, fault);
    expect(await errorOf(setup.issuer.issue(attempt(), SPEC))).toMatchObject(expected);
    expect(alive()).toBe(0);
  });

  it('whose answer has an id that leads elsewhere is not believed', async () => {
    setup.server.strike(ISSUE, { status: 200, body: { id: '../admin', key: CANARY } });
    expect(await errorOf(setup.issuer.issue(attempt(), SPEC))).toMatchObject({ reason: 'UnusableAnswer' });
  });
});

describe('a revocation', () => {
  it('whose answer is lost is unknown, and confirmed when it is asked for again', async () => {
    const { record } = issued(await setup.issuer.issue(attempt(), SPEC));
    setup.server.strike(REVOKE, 'LoseAnswer');
    expect(await errorOf(setup.issuer.revoke(record.keyID))).toMatchObject({ outcome: 'unknown' });
    await setup.issuer.revoke(record.keyID);
    expect(alive()).toBe(0);
  });

  it('answered 404 by a vendor that answers 404 to everything is no success', async () => {
    const { record } = issued(await setup.issuer.issue(attempt(), SPEC));
    setup.server.strike(REVOKE, answer(404));
    setup.server.strike(LIST, answer(404));
    expect(await errorOf(setup.issuer.revoke(record.keyID))).toMatchObject({ outcome: 'refused', status: 404 });
    expect(alive()).toBe(1);
  });
});

describe('a probe', () => {
  it('that meets a fault rejects nothing', async () => {
    const { key } = issued(await setup.issuer.issue(attempt(), SPEC));
    for (const [status, outcome] of [
      [429, 'unavailable'],
      [500, 'unavailable'],
      [403, 'denied'],
      [302, 'refused'],
    ] as const) {
      setup.server.strike(PROBE, answer(status));
      expect(await errorOf(setup.issuer.verify(key))).toMatchObject({ outcome, status });
    }
  });
});

describe('a probe that asks with the id of the key', () => {
  const asking: (declaration: HttpDeclaration) => HttpDeclaration = ({ verify, ...declaration }) => ({
    ...declaration,
    verify: { ...verify, request: { ...verify.request, query: { token: '{{keyID}}' } } },
  });

  it('is not sent where nobody has one, or where it is none, and proves nothing of the id', async () => {
    const issuer = setup.issuerWith(SECRETS, asking);
    const { key, record } = issued(await issuer.issue(attempt(), SPEC));
    const { keyID } = record;
    expect(await issuer.verify(key)).toBeUndefined();
    expect(await issuer.verify(key, { keyID: '../7' })).toBeUndefined();
    expect(setup.server.calls.get(PROBE)).toBeUndefined();
    expect(await issuer.verify(key, { keyID })).toBeUndefined();
    expect(await issuer.verify(key, { keyID, fingerprint: fingerprint(key) })).toMatchObject({ keyID });
  });
});

describe('a list', () => {
  const linked: (declaration: HttpDeclaration) => HttpDeclaration = ({ list, ...declaration }) => ({
    ...declaration,
    ...(list && { list: { ...list, items: '/items', paging: { type: 'Link', link: { pointer: '/next' } } } }),
  });
  const inHeaders: (declaration: HttpDeclaration) => HttpDeclaration = ({ list, ...declaration }) => ({
    ...declaration,
    ...(list && { list: { ...list, items: '', paging: { type: 'LinkHeader' } } }),
  });
  const page = (next: unknown) => ({ status: 200, body: { items: [{ id: 1, name: 'of somebody' }], next } });

  it('is read to its end along links within the origin', async () => {
    setup.server.strike(LIST, page('/api/org?page=2'));
    setup.server.strike(PROBE, page(null));
    expect(await setup.issuerWith(SECRETS, linked).list(attempt())).toEqual([]);
    expect(setup.server.calls.get(PROBE)).toBe(1);
  });

  it.each([
    'https://evil.test/keys',
    '//evil.test/keys',
    'http://169.254.169.254/latest',
    '@evil.test/',
    'file:///etc/passwd',
  ])('with a link to %s has its credential sent nowhere else', async (next) => {
    setup.server.strike(LIST, page(next));
    const error = await errorOf(setup.issuerWith(SECRETS, linked).list(attempt()));
    expect(error.outcome).toBe('refused');
    expect(['ForeignOrigin', 'RequestRefused']).toContain(error.reason);
  });

  it.each([
    '</api/org?page=2>; rel="next"',
    '<?page=2>; rel=next',
    '</api/org>; rel="first", </api/org?page=2>; title="a, <b>"; rel="last next"',
  ])('is read to its end along Link headers: %s', async (link) => {
    setup.server.strike(LIST, { status: 200, body: [], headers: { link } });
    setup.server.strike(PROBE, { status: 200, body: [] });
    expect(await setup.issuerWith(SECRETS, inHeaders).list(attempt())).toEqual([]);
    const [first, second] = [LIST, PROBE].map((endpoint) => setup.server.calls.get(endpoint) ?? 0);
    expect([first, second]).toEqual(link.startsWith('<?') ? [2, 0] : [1, 1]);
  });

  it.each([
    ['https://evil.test/keys>; rel=next', 'refused', 'ForeignOrigin'],
    ['//evil.test/keys>; rel=next', 'refused', 'ForeignOrigin'],
    ['/api/org?page=2; rel=next', 'unavailable', 'UnusableAnswer'],
    ['/api/org?page=2>; rel="next', 'unavailable', 'UnusableAnswer'],
  ])('whose Link header is <%s neither leads elsewhere nor ends there', async (link, outcome, reason) => {
    setup.server.strike(LIST, { status: 200, body: [], headers: { link: `<${link}` } });
    expect(await errorOf(setup.issuerWith(SECRETS, inHeaders).list(attempt()))).toMatchObject({ outcome, reason });
  });

  it('that never ends is given up', async () => {
    const endless: (declaration: HttpDeclaration) => HttpDeclaration = ({ list, ...declaration }) => ({
      ...declaration,
      ...(list && { list: { ...list, paging: { type: 'Page', page: { parameter: 'page' } } } }),
    });
    await setup.issuer.issue(attempt(), SPEC);
    const error = await errorOf(setup.issuerWith(SECRETS, endless).list(attempt()));
    expect(error).toMatchObject({ outcome: 'refused', reason: 'TooManyKeys' });
  });

  it.each([{ data: [] }, {}, 7])('that is %j is no list without keys', async (body) => {
    setup.server.strike(LIST, { status: 200, body: JSON.stringify(body) });
    expect(await errorOf(setup.issuer.list(attempt()))).toMatchObject({ reason: 'UnusableAnswer' });
  });

  it('in which a key of ours has no id is not read at all', async () => {
    const owner = attempt();
    setup.server.strike(LIST, { status: 200, body: [{ name: `here/${owner.uid}/1.1` }] });
    expect(await errorOf(setup.issuer.list(owner))).toMatchObject({ reason: 'UnusableAnswer' });
  });
});

describe('a 401 to our own credential', () => {
  const UNAUTHORIZED = { status: 401, body: {} };

  it('has a kept access token replaced by another, once, and the request sent again', async () => {
    const atlas = await setUpRecipe({
      file: 'mongodb-atlas',
      vendor: ATLAS,
      secrets: { clientID: 'mdb_sa_id_admin', clientSecret: 'mdb_sa_sk_the-secret-of-the-admin' },
      parameters: { organization: '0123456789abcdef01234567' },
    });
    await atlas.issuer.check();
    atlas.server.strike('GET /api/atlas/v2/orgs', UNAUTHORIZED);
    await atlas.issuer.check();
    expect(atlas.server.calls.get('POST /api/oauth/token')).toBe(2);
    expect(atlas.server.calls.get('GET /api/atlas/v2/orgs')).toBe(3);
    await atlas.close();
  });

  it('is final where the credential is what a person has written', async () => {
    setup.server.strike('GET /api/serviceaccounts/search', UNAUTHORIZED);
    expect(await errorOf(setup.issuer.check())).toMatchObject({ outcome: 'denied', status: 401 });
    expect(setup.server.calls.get('GET /api/serviceaccounts/search')).toBe(1);
  });
});
