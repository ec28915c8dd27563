/** Why a block is right although the shell of these tests does not run it. */
export type Account =
  /** Another test runs it; `says` is text of that test which shows it. */
  | { readonly playedBy: string; readonly says: string }
  /** Nobody runs it here; its grammar is checked, and the flags of `kubectl apikey`. */
  | { readonly notRun: string };

const inE2e = (file: string, says: string): Account => ({ playedBy: `test/e2e/requests/${file}`, says });
const ADOPTING: Account = { playedBy: 'test/integration/adopting.test.ts', says: 'docs/adopting.md' };
const BY_HAND: Account = {
  playedBy: 'test/unit/server/documented-commands.test.ts',
  says: 'its proof by hand, with %s,',
};
const VAULT: Account = { playedBy: 'test/e2e/documents/vault-commands.test.ts', says: "'docs/stores-vault.md'" };

/** By the name of the block, without its number for all of that heading. Whatever is not here is run. */
export const ACCOUNTS: Readonly<Record<string, Account>> = {
  'README.md “Try it” sh 1': { playedBy: 'test/integration/demo.test.ts', says: 'demo/main.ts' },
  'docs/adopting.md “A walk through” sh': ADOPTING,
  'docs/comparison.md “Comparison: a store that fails, a process that dies” sh 1': {
    notRun: 'is a run of tests of its own, which .ci/run makes',
  },
  'docs/consumers.md “With one line of curl” sh 1': {
    playedBy: 'test/unit/server/documented-commands.test.ts',
    says: 'its one line of curl',
  },
  'docs/consumers.md “A proof by hand” sh': BY_HAND,
  'docs/consumers.md “From outside, with openssl and curl” sh 1': {
    playedBy: 'test/integration/outside-consumer.test.ts',
    says: '### From outside, with openssl and curl',
  },
  'docs/evidence-approval.md “Evidence: Approval” sh 1': inE2e('report-policy.test.ts', "'config/report-policy.yaml'"),
  'docs/gitops/README.md “Argo CD” sh 1': {
    playedBy: 'test/integration/kubectl.test.ts',
    says: 'by the command of docs/gitops/README.md',
  },
  'docs/issuers-support.md “Give a key” sh 3': inE2e('delivery-policy.test.ts', 'config/delivery-policy.yaml'),
  'docs/operations.md “Uninstall” sh 2': {
    notRun: 'takes a release; test/chart/release.test.ts uninstalls one, and finds the definitions kept',
  },
  'docs/quickstart.md “On this machine” sh': {
    playedBy: 'test/integration/documents/quickstart.test.ts',
    says: "=== 'On this machine'",
  },
  'docs/quickstart.md “On a cluster” sh 1': {
    notRun:
      'takes a registry and a cluster that pulls from it; test/chart installs the chart, and runs the operator from the files of the image',
  },
  'docs/requests.md “Who may ask” sh 1': inE2e('request-policy.test.ts', "'config/request-policy.yaml'"),
  'docs/requests.md “Who may ask” sh 2': inE2e('request-policy.test.ts', 'as docs/requests.md says'),
  'docs/stores-vault.md “How it logs in” sh': VAULT,
  'packages/kubectl-apikey/README.md “kubectl apikey” sh 1': { notRun: 'installs a package that is not published yet' },
};

/** Undefined for a block that is run here. */
export function accountOf(block: string): Account | undefined {
  return ACCOUNTS[block] ?? ACCOUNTS[block.replace(/ \d+$/, '')];
}
