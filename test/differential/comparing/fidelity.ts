import type { Item, Step } from '../case.ts';
import { differencesOnPurpose } from '../differences.ts';
import { recordedAnswers } from '../kubectl/recording.ts';
import { stories } from '../kubectl/stories.ts';
import type { Answers } from '../playing/play-all.ts';
import { difference } from './compare.ts';

const commandCount = stories.reduce((count, { commands }) => count + commands.length, 0);

/** The version that kubectl told of itself (`Client`) or of the real server when it was recorded, without the patch. */
function recordedVersion(of: 'Client' | 'Server'): string {
  const lines = recordedAnswers('installing').flatMap(({ out }) => out);
  const start = `${of} Version: v`;
  return lines.find((line) => line.startsWith(start))?.slice(start.length) ?? 'of an unknown version';
}

/** How many answers these steps have, and how many of those are compared in part. */
function answersOf(steps: readonly Step[]): { all: number; inPart: number } {
  const flat = steps.flatMap((step): Step[] => ('watch' in step ? [...(step.during ?? []), step] : [step]));
  const answered = flat.filter((step) => !('forget' in step));
  return { all: answered.length, inPart: answered.filter((step) => 'part' in step).length };
}

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
  const { all, inPart } = answersOf(items.flatMap(({ cases }) => cases.flatMap(({ steps }) => steps)));
  return `# How faithful the sandbox is

The demo and most tests run on the sandbox, an API server of Kubernetes in this repository (\`sandbox/kube\`). A corpus of
requests (\`test/differential/cases\`) is played against it and against the real kube-apiserver ${recordedVersion('Server')}, and the answers
are compared: status code, reason, causes, the whole body, content type and warnings. This page is written by
\`npm run e2e\`; do not edit it.

${fidelityTable(items, real, sandbox)}

## kubectl

${commandCount} commands of an unmodified kubectl ${recordedVersion('Client')} (\`test/differential/kubectl\`) print the same for the sandbox as for the real
server: the exit code and every line of output, without uids, times, ages, versions, tokens and addresses. Of lists of
resources those lines are compared that are about kinds which the sandbox has. Of watches the lines of output are
compared up to the last one that the story waits for: neither the exit code, since they are stopped, nor anything later.

## What is not compared

- uids: replaced by names that keep which of them are the same.
- Times: replaced by \`<time>\`, which keeps their precision, but not which of them are the same. Of creationTimestamp and
  deletionTimestamp it is compared whether the object still has the one that was seen first.
- Suffixes of generated names, tokens of pages, and ages in the cells of Tables: replaced by \`<suffix>\`, \`<token>\` and
  \`<age>\`. Tokens of ServiceAccounts are compared by their claims and lifetime, without times and signature.
- ${inPart} of ${all} answers are compared in part: documents of discovery and OpenAPI, which speak of the whole server; Pods,
  Deployments and namespaces that controllers and defaults beyond the sandbox's touch; messages that print a whole object with
  its managed fields.
- resourceVersions: replaced by their order within the case. A list's, a Table's and a bookmark's is compared as "that of
  the last change that the case saw, or later", because other clients move a real server's.
- \`metadata.managedFields\`: the sandbox keeps none. A write that changes nothing else (the first of another manager, or through
  another subresource) is a new version on a real server, and none here; no case asks that.
- The order of several causes in one refusal: the real server walks maps in random order.
- The order of resources in discovery, which is that in which definitions became known.
- Headers other than content type and warnings.

## What the corpus does not ask, because the sandbox does not do it

- Server-side apply as such: it is not served. Item 24 is about refusals, and two of its cases are differences on purpose.
- Protobuf answers: clients that prefer protobuf take JSON as well, and so do ours and kubectl.
- Admission plugins and webhooks, quotas: the operator brings none and relies on none.
- Custom kinds with several served versions, and conversion: the storage version is served; each of our kinds has one.
- CEL: the budget of costs when a definition is created, the words of the compiler for rules that do not compile, and the
  libraries of quantities, IP addresses, CIDRs, formats and sets, which no rule of our definitions uses.
- RBAC: whether the author of a role or binding has the rights that it gives (escalation). Roles are made by administrators
  here, who have all. Of the roles that a real server begins with, those are known that describe the API to everybody
  (\`system:discovery\`, \`system:basic-user\`), others are not; aggregated ClusterRoles are not, either.
- Validation of Pods, Deployments and bindings beyond types, containers, selectors and roles that are missing, selectors that
  contradict labels, and changes of what is fixed. The operator makes none of them; tests and the demo make right ones.
- The stages in which a definition goes (its finalizer, the condition \`Terminating\`): here it and its objects go in one step.
- YAML bodies with a field twice are refused instead of warned of; kubectl sends JSON.
- OpenAPI: descriptions of Pod and Deployment below their second level are left out, since they would be three quarters of
  the file. \`/openapi/v2\` is a stub without kinds: kubectl asks it for kinds that v3 does not know.

## Differences on purpose

${purposes()}

## How it works

\`npm test\` plays the corpus against the sandbox and compares with the committed recording of the real server's answers
(\`test/differential/recordings\`). \`npm run e2e\` plays it against the real server as well, and fails when the recording is
not what that answers. After a change of cases, or of the version of Kubernetes, \`npm run record\` records anew and writes
this page.
`;
}
