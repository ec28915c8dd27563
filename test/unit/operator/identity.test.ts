import { describe, expect, test } from 'vitest';
import { ANNOTATION } from '../../../src/api/names.ts';
import type { Issuer, KeyRecord, PresumedKey } from '../../../src/issuers/port.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createIdentityLook } from '../../../src/operator/rotation/gather/identity.ts';
import type { TargetReading } from '../../../src/operator/rotation/target-io.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { factsOf, type Given, ISSUER, idle, marker, planned, recorded } from '../rotation/facts.ts';

const unasked = () => {
  throw new Error('nobody is asked about a value of others');
};
const KEY = new SecretValue('a text that is long enough');
const PRINT = fingerprint(KEY);
const RECORD: KeyRecord = { keyID: 'k9', status: 'Active', environment: 'Live', permissions: ['read'] };
const ADOPT = { existingKey: { policy: 'Adopt' as const } };

function reading(found?: ReturnType<typeof marker>): TargetReading {
  const stored = { version: '1', fields: { key: KEY }, ...(found && { marker: found }) };
  return { target: planned('vault'), store: {} as KeyStore, stored };
}

test('an operator of one namespace does not adopt what a rotation marked that it cannot see, and says so', async () => {
  const look = createIdentityLook({
    kube: { list: unasked },
    references: {
      issuer: unasked,
      store: unasked,
      assertGranted: unasked,
      grantedCallsPerHour: unasked,
      assertTaken: unasked,
    },
    scope: ['payments'],
  });
  const elsewhere = marker(3, 1, 'k3', { uid: 'uid-elsewhere' });
  expect(await look(factsOf({}), [reading(elsewhere)])).toEqual({
    type: 'None',
    problem:
      'the value belongs to the rotation with uid uid-elsewhere, and an operator of one namespace cannot see that it is gone',
    remedy: 'write another key to the targets, without a marker, or run the operator without --namespace',
  });
});

interface Looked extends Given {
  readonly marker?: ReturnType<typeof marker>;
}

/** What is found at a target; the issuer knows the value as k9, and shows our own credential no such key. */
async function lookAt({ marker: found, ...given }: Looked, change: Partial<Issuer> = {}) {
  const issuer: Issuer = {
    capabilities: { replay: 'ID', list: true },
    origin: 'https://apio.test',
    issue: unasked,
    list: unasked,
    verify: async () => RECORD,
    get: async () => undefined,
    usage: unasked,
    updatePermissions: unasked,
    revoke: unasked,
    check: unasked,
    ...change,
  };
  const references = {
    issuer: () => issuer,
    store: unasked,
    assertGranted() {},
    grantedCallsPerHour: unasked,
    assertTaken: unasked,
  };
  const nobody = { list: async () => ({ items: [], resourceVersion: '1' }) };
  const look = createIdentityLook({ kube: nobody, references, scope: [undefined] });
  return look(factsOf(given), [reading(found)]);
}

describe('where the fingerprint of the key to adopt is named', () => {
  const named = { spec: { existingKey: { policy: 'Adopt' as const, fingerprint: '0123456789abcdef' } } };

  test('another value is not shown to the issuer', async () => {
    expect(await lookAt(named, { verify: unasked })).toEqual({
      type: 'None',
      problem: `the value at vault has the fingerprint ${PRINT}, spec.existingKey.fingerprint is 0123456789abcdef`,
      remedy: 'correct that field, or what the targets hold',
    });
  });

  test('the value of that fingerprint is adopted', async () => {
    const spec = { existingKey: { policy: 'Adopt' as const, fingerprint: PRINT } };
    expect(await lookAt({ spec }, { get: async () => RECORD })).toMatchObject({ key: { keyID: 'k9' } });
  });

  test.each<[string, Looked]>([
    ['is current', { status: idle({ current: recorded('k9', { adopted: true, fingerprint: PRINT }) }) }],
    ['follows a key of ours, in a state that is restored', { status: idle() }],
    ['carries our marker', { marker: marker(3, 1, 'k9') }],
  ])('it says nothing of a value that %s', async (_what, given) => {
    expect(await lookAt({ ...named, ...given }, { get: async () => RECORD })).toMatchObject({ key: { keyID: 'k9' } });
  });
});

describe('a key that the credential of the operator does not see', () => {
  const adopted = recorded('k9', { adopted: true, fingerprint: PRINT });
  const unseen = { problem: expect.stringContaining('could never revoke it') };

  test.each<[string, Given, object]>([
    ['is not adopted', { spec: ADOPT }, unseen],
    [
      'is not adopted in place of another one',
      { spec: ADOPT, status: idle({ current: recorded('k1', { adopted: true }) }) },
      unseen,
    ],
    [
      'stays the current one, to be replaced in an emergency',
      { spec: ADOPT, status: idle({ current: adopted }) },
      { key: { keyID: 'k9' } },
    ],
    ['is not in question where nothing is to be adopted', { status: idle() }, { key: { keyID: 'k9' } }],
  ])('%s', async (_what, given, found) => {
    expect(await lookAt(given)).toMatchObject(found);
  });

  test('is not in question where its label says that it is ours', async () => {
    const ours = { ...RECORD, label: 'inst/uid-1/3.1' };
    expect(await lookAt({ spec: ADOPT }, { verify: async () => ours })).toMatchObject({ type: 'Key', labelled: true });
  });
});

describe('an issuer that may not say which key it is shown is told whom we take it for', () => {
  const forgotten = {
    status: idle(),
    marker: marker(3, 1, 'k8'),
    annotations: { [ANNOTATION.acceptState]: '3/a' },
    labelled: [{ keyID: 'k8', live: true, revision: 3, attempt: 1, issuer: ISSUER }],
  };
  const named = { spec: { existingKey: { policy: 'Adopt' as const, keyID: 'k7' } } };

  test.each<[string, Looked, PresumedKey | undefined]>([
    [
      'by the fingerprint that status recorded, whatever stands beside the value',
      { ...named, status: idle({ current: recorded('k9', { fingerprint: PRINT }) }), marker: marker(3, 1, 'k8') },
      { keyID: 'k9', fingerprint: PRINT },
    ],
    [
      'by the marker, which proves nothing: no fingerprint is told',
      { ...named, marker: marker(3, 1, 'k8') },
      { keyID: 'k8' },
    ],
    ['by what a person names for adoption, which proves nothing either', named, { keyID: 'k7' }],
    [
      'by the marker and the fingerprint, where a person accepts what a status from the past has forgotten',
      forgotten,
      { keyID: 'k8', fingerprint: PRINT },
    ],
    ['by the marker alone until a person does', { ...forgotten, annotations: {} }, { keyID: 'k8' }],
    [
      'by the marker alone once that was handled',
      { ...forgotten, status: idle({ lastHandled: { acceptState: '3/a' } }) },
      { keyID: 'k8' },
    ],
    ['by the marker alone where its key is not of our label', { ...forgotten, labelled: [] }, { keyID: 'k8' }],
    [
      'by the marker alone where the marker is not ours',
      { ...forgotten, marker: marker(3, 1, 'k8', { uid: 'uid-gone' }) },
      { keyID: 'k8' },
    ],
    [
      'by the marker alone where status has not forgotten its attempt',
      { ...forgotten, status: idle({ revision: 3 }) },
      { keyID: 'k8' },
    ],
    ['not at all', { spec: ADOPT }, undefined],
  ])('%s', async (_what, given, presumed) => {
    const told: unknown[] = [];
    const verify: Issuer['verify'] = async (_key, whom) => {
      told.push(whom);
      return undefined;
    };
    expect(await lookAt(given, { verify })).toMatchObject({ type: 'None' });
    expect(told).toEqual([presumed]);
  });
});
