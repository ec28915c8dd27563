import type { Block } from './block.ts';
import { namesOf } from './block.ts';

/** Why a block is right although the tests of this folder do not run it. */
export type Account =
  /** Another test plays it: it reads the block from the page by this name. */
  | { readonly playedBy: string }
  /** Nobody runs it here; its grammar is checked, and the flags of `kubectl apikey`. */
  | { readonly notRun: string };

const BY_HAND: Account = { playedBy: 'test/unit/server/documented-commands.test.ts' };
const requests = (file: string): Account => ({ playedBy: `test/e2e/requests/${file}` });

/** By a name that the block goes by. Whatever is not here is run. */
export const ACCOUNTS: Readonly<Record<string, Account>> = {
  'CONTRIBUTING.md “Start” sh 1': {
    notRun: 'starts the tests, of which this is one; test/unit/docs/documents.test.ts knows the scripts that there are',
  },
  'CONTRIBUTING.md “The simulation” sh 1': {
    notRun: 'searches for minutes up to hours; the tests of test/simulation play the same plans',
  },
  'README.md “Try it” sh 1': { playedBy: 'test/integration/demo.test.ts' },
  'RELEASING.md “A release” sh 1': { notRun: 'asks the repositories of the actions, for which it takes the internet' },
  'RELEASING.md “What users verify” sh 1': { notRun: 'verifies an image that is not published yet' },
  'charts/apikey-rotation-operator/README.md “The chart” sh 1': { playedBy: 'test/chart/documented.test.ts' },
  'charts/apikey-rotation-operator/README.md “A second release in one cluster” sh 1': {
    playedBy: 'test/chart/second-release.test.ts',
  },
  'charts/apikey-rotation-operator/README.md “When the first one goes” sh 1': {
    playedBy: 'test/chart/second-release.test.ts',
  },
  'charts/apikey-rotation-operator/README.md yaml': { playedBy: 'test/chart/documented.test.ts' },
  'docs/adopting.md “A walk through” sh': { playedBy: 'test/integration/adopting.test.ts' },
  'docs/comparison.md “How we measured” sh 1': { notRun: 'is a run of tests of its own, which .ci/run makes' },
  'docs/consumers.md “A proof by hand” sh': BY_HAND,
  'docs/consumers.md “From outside, with openssl and curl” sh 1': {
    playedBy: 'test/integration/outside-consumer.test.ts',
  },
  'docs/consumers.md “With one line of curl” sh 1': BY_HAND,
  'docs/evidence-approval.md “Evidence: Approval” sh 1': requests('report-policy.test.ts'),
  'docs/gitops/README.md “Argo CD” sh 1': { playedBy: 'test/integration/kubectl.test.ts' },
  'docs/issuers-support.md “Give a key” sh 3': requests('delivery-policy.test.ts'),
  'docs/operations.md “Install again” sh 1': { playedBy: 'test/chart/uninstall.test.ts' },
  'docs/operations.md “Uninstall” sh 2': { playedBy: 'test/chart/quickstart.test.ts' },
  'docs/performance.md “Priority at the API server” yaml': { playedBy: 'test/e2e/documents/flow-schema.test.ts' },
  'docs/performance.md “What is measured” sh 1': {
    notRun: 'takes an hour; scripts/generate-performance.ts reads what a run of it has left',
  },
  'docs/quickstart.md “On this machine” sh': { playedBy: 'test/integration/documents/quickstart.test.ts' },
  'docs/quickstart.md “On a cluster” sh 1': {
    notRun:
      'takes a container engine and a registry; test/chart/image.test.ts makes the files of the image as the Dockerfile says',
  },
  'docs/quickstart.md “On a cluster” sh 2': { playedBy: 'test/chart/quickstart.test.ts' },
  'docs/requests.md “Who may ask” sh 1': requests('request-policy.test.ts'),
  'docs/requests.md “Who may ask” sh 2': requests('request-policy.test.ts'),
  'docs/stores-vault.md “How it logs in” sh': { playedBy: 'test/e2e/documents/vault-commands.test.ts' },
  'docs/stores-vault.md hcl': { playedBy: 'test/e2e/documents/vault-commands.test.ts' },
  'packages/kubectl-apikey/README.md “kubectl apikey” sh 1': {
    playedBy: 'test/integration/kubectl-apikey/bundle.test.ts',
  },
};

/** Undefined for a block that is run here. */
export function accountOf(block: Block): Account | undefined {
  return namesOf(block)
    .map((name) => ACCOUNTS[name])
    .find((account) => account !== undefined);
}
