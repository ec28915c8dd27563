import { expect, test } from 'vitest';
import { manifestOf } from './values/manifest.ts';

test('the policies of a release name its account wherever they name one', async () => {
  const { objects } = await manifestOf({ serviceAccount: { name: 'rotator' } });
  const policies = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  const accounts = policies.flatMap((policy) =>
    [...JSON.stringify(policy).matchAll(/system:serviceaccount:[^']+/g)].map(([account]) => [
      policy.metadata.name,
      account,
    ]),
  );
  const own = 'system:serviceaccount:apikey-rotation:rotator';
  expect(accounts).toEqual([
    ['apikeyrotation-reports', own],
    ['apikeyrotation-secrets', own],
  ]);
});
