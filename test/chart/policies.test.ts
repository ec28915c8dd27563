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
    ['apikeyrotation-tokens', own],
  ]);
});

test.each([
  [{}, "['vault']"],
  [{ storeAudiences: 'vault, https://vault.example' }, "['vault', 'https://vault.example']"],
])('tokens may be made for the audiences that the operator is started with: %j', async (flags, allowed) => {
  const { at } = await manifestOf({ flags });
  const { variables } = at('ValidatingAdmissionPolicy apikeyrotation-tokens: spec') as Spec;
  expect(variables.find(({ name }) => name === 'allowed')?.expression).toBe(allowed);
});

interface Spec {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
}
