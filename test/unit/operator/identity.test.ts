import { expect, test } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createIdentityLook } from '../../../src/operator/rotation/gather/identity.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { factsOf, INSTALLATION, planned } from '../rotation/facts.ts';

const unasked = () => {
  throw new Error('nobody is asked about a value of others');
};

test('an operator of one namespace does not adopt what a rotation marked that it cannot see, and says so', async () => {
  const look = createIdentityLook({
    kube: { list: unasked },
    references: { issuer: unasked, store: unasked },
    scope: ['payments'],
  });
  const marker = { installation: INSTALLATION, uid: 'uid-elsewhere', revision: 3, attempt: 1, keyID: 'k3' };
  const fields = { key: new SecretValue('a text that is long enough') };
  const reading = { target: planned('vault'), store: {} as KeyStore, stored: { version: '1', fields, marker } };
  expect(await look(factsOf({}), [reading])).toEqual({
    type: 'None',
    message:
      'the value belongs to the rotation with uid uid-elsewhere, and an operator of one namespace cannot see that it is gone; write another key to the targets, without a marker, or run the operator without --namespace',
  });
});
