// Prints the digest of what this workflow has signed under a name, from this commit and for this tag: what an earlier run of the same
// release finished. Prints nothing where there is no such thing, or nobody can tell: it is then pushed (once more), which harms
// nobody, as what is not signed is not released. Needs cosign, and the variables of a GitHub job with SOURCE, the address of the sources.
//
//   node scripts/signed-digest.ts host/owner/name:1.2.3
import { spawnSync } from 'node:child_process';

const { SOURCE = '', GITHUB_REF = '', GITHUB_SHA = '' } = process.env;
const [name = ''] = process.argv.slice(2);
const { status, stdout, stderr } = spawnSync(
  'cosign',
  [
    'verify',
    ...['--certificate-oidc-issuer', 'https://token.actions.githubusercontent.com'],
    ...['--certificate-identity', `${SOURCE}/.github/workflows/release.yml@${GITHUB_REF}`],
    ...['--certificate-github-workflow-sha', GITHUB_SHA],
    ...['--output', 'json', name],
  ],
  { encoding: 'utf8' },
);
if (status === 0) console.log(JSON.parse(stdout)[0].critical.image['docker-manifest-digest']);
else console.error(stderr);
