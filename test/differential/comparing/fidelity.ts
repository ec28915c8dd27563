import type { Item } from '../case.ts';
import { differencesOnPurpose } from '../differences.ts';
import { stories } from '../kubectl/stories.ts';
import type { Answers } from '../playing/play-all.ts';
import { difference } from './compare.ts';

const commandCount = stories.reduce((count, { commands }) => count + commands.length, 0);

/** How the sandbox did in one item. */
interface Score {
  readonly item: Item;
  readonly equal: number;
}

/** What differs in a case; undefined when real and sandbox answered the same. */
export function differenceIn(name: string, real: Answers, sandbox: Answers): string | undefined {
  return difference(real.get(name), sandbox.get(name));
}

function scoresOf(items: readonly Item[], real: Answers, sandbox: Answers): Score[] {
  return items.map((item) => {
    const equal = item.cases.filter(({ name }) => differenceIn(name, real, sandbox) === undefined).length;
    return { item, equal };
  });
}

function rate(equal: number, cases: number): string {
  return `${((100 * equal) / cases).toFixed(1)} %`;
}

function total(tier: Item['tier'], scores: Score[]): string {
  const ofTier = scores.filter(({ item }) => item.tier === tier);
  const cases = ofTier.reduce((sum, { item }) => sum + item.cases.length, 0);
  const equal = ofTier.reduce((sum, score) => sum + score.equal, 0);
  return cases === 0 ? '' : `| ${tier} | | all of ${tier} | ${cases} | ${equal} | ${rate(equal, cases)} |`;
}

/** A row for each item of the checklist, then the totals of the tiers. */
export function fidelityTable(items: readonly Item[], real: Answers, sandbox: Answers): string {
  const scores = scoresOf(items, real, sandbox);
  const rows = scores.map(
    ({ item: { tier, number, title, cases }, equal }) =>
      `| ${tier} | ${number} | ${title} | ${cases.length} | ${equal} | ${rate(equal, cases.length)} |`,
  );
  const totals = [total('P0', scores), total('P1', scores)].filter((line) => line !== '');
  return ['| tier | item | what | cases | equal | rate |', '|---|---|---|---|---|---|', ...rows, ...totals].join('\n');
}

function purposes(): string {
  const listed = Object.entries(differencesOnPurpose).map(([name, reason]) => `- *${name}*: ${reason}`);
  return listed.length === 0 ? 'None.' : listed.join('\n');
}

/** The page `docs/sandbox-fidelity.md`, which the same answers always make the same. */
export function fidelityPage(items: readonly Item[], real: Answers, sandbox: Answers): string {
  return `# How faithful the sandbox is

The demo and most tests run on the sandbox, an API server of Kubernetes in this repository (\`sandbox/kube\`). A corpus of
requests (\`test/differential/cases\`) is played against it and against the real kube-apiserver 1.36.3, and the answers
are compared: status code, reason, causes, the whole body, content type and warnings. This page is written by
\`npm run e2e\`; do not edit it.

${fidelityTable(items, real, sandbox)}

## kubectl

${commandCount} commands of an unmodified kubectl 1.32 (\`test/differential/kubectl\`) print the same for the sandbox as for the real
server: the exit code and every line of output, without uids, times, ages, versions, tokens and addresses. Of lists of
resources those lines are compared that are about kinds which the sandbox has.

## What is not compared

- uids, times, ages, tokens and the suffixes of generated names: replaced by names that keep which of them are the same.
- resourceVersions: replaced by their order within the case. A list's, a Table's and a bookmark's is compared as "that of
  the last change that the case saw, or later", because other clients move a real server's.
- \`metadata.managedFields\`: the sandbox keeps none.
- The order of several causes in one refusal: the real server walks maps in random order.
- The order of resources in discovery, which is that in which definitions became known.
- Headers other than content type and warnings.

## What the corpus does not ask, because the sandbox does not do it

- Server-side apply beyond its refusals, protobuf answers, admission plugins and webhooks, quotas, conversion webhooks.
- Custom kinds with several served versions: the storage version is served.
- The budget of costs of CEL rules when a definition is created, the words of the CEL compiler for rules that do not compile,
  and the CEL libraries of quantities, IP addresses, formats and sets.
- Discovery roles (\`system:discovery\`): RBAC knows the roles that a test makes.

## Differences on purpose

${purposes()}

## How it works

\`npm test\` plays the corpus against the sandbox and compares with the committed recording of the real server's answers
(\`test/differential/recordings\`). \`npm run e2e\` plays it against the real server as well, and fails when the recording is
not what that answers. After a change of cases, or of the version of Kubernetes, \`npm run record\` records anew and writes
this page.
`;
}
