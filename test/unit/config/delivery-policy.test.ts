import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const text = readFileSync(join(import.meta.dirname, '../../../config/delivery-policy.yaml'), 'utf8');
const [policy, binding] = parseAllDocuments(text).map((document) => document.toJS());

it('the policy that refuses keys which nobody asked for is bound, and hinders no Secret where it cannot be evaluated', () => {
  // Without our definitions in the cluster the API server would otherwise refuse every Secret, whatever its name.
  expect(policy.spec.failurePolicy).toBe('Ignore');
  expect(binding.spec).toEqual({
    policyName: policy.metadata.name,
    paramRef: { selector: {}, parameterNotFoundAction: 'Allow' },
    validationActions: ['Deny'],
  });
});
