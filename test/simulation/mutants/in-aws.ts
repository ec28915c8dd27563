import type { Mutant } from './mutant.ts';

const PUBLISHER = 'src/stores/aws/publisher.ts';
const WELL = 'requested-in-aws/replay-id/AWSSecretsManager/2/18/none';

/** Versions and labels of Secrets Manager. */
export const AWS_MUTANTS: readonly Mutant[] = [
  {
    id: 'M13',
    says: 'a version is written without a label of its own, and served at once, whatever was served meanwhile',
    edits: [
      {
        file: PUBLISHER,
        from: 'await client.put({ name, id, text, label });',
        to: 'await client.put({ name, id, text, label: CURRENT });',
      },
    ],
    guard: { invariant: 'L1', plan: WELL },
  },
  {
    id: 'AW1',
    says: 'AWSCURRENT moves from whatever carries it now, and not from what was read',
    edits: [
      {
        file: PUBLISHER,
        from: '...(from === undefined ? {} : { from })',
        to: 'from: currentOf(await reader.describe(name)) ?? id',
      },
    ],
    guard: { invariant: 'S4', plan: 'requested-in-aws/replay-id/AWSSecretsManager/2/18/10.pause' },
  },
  {
    // No move of AWSCURRENT lets it do harm to consumers: what it makes is versions, of which a secret holds a hundred.
    id: 'M12',
    says: 'a write that is repeated has a token of its own, and makes another version',
    edits: [
      {
        file: 'src/stores/aws/version-id.ts',
        from: "hash('sha256', text)",
        to: "hash('sha256', text + process.hrtime.bigint())",
      },
    ],
    guard: { test: 'test/unit/stores/aws-labels.test.ts', name: 'is a UUID of version 5, the same for the same write' },
  },
];
