import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/all.ts';
import { checkWords, parseInvocation } from '../../../src/cli/flags.ts';
import { ACCOUNTS, accountOf } from './accounts.ts';
import { type Block, blocksIn } from './block.ts';
import { openShellWorld, type ShellWorld } from './shell-world.ts';

const TOP = join(import.meta.dirname, '../../..');
const kubectl = process.env.KUBECTL ?? 'kubectl';
const isInstalled = spawnSync(kubectl, ['version', '--client']).status === 0;

const blocks = blocksIn('sh', 'bash', 'shell', 'console');
const accounts = Object.entries(ACCOUNTS);
const isOfPlugin = (line: string) => line.startsWith('kubectl apikey ');
const pluginCalls = blocks.flatMap(({ name, text }) =>
  text
    .split('\n')
    .filter(isOfPlugin)
    .map((line) => ({ name, line })),
);
/** The more a block deletes of what others need, the later it comes. */
function rank({ text }: Block): number {
  if (/delete apikeyrotations .*-A/.test(text)) return 2;
  return /delete namespace/.test(text) ? 1 : 0;
}
/** A block of plugin calls alone is held to its flags; test/integration/kubectl-apikey runs the commands. */
const run = blocks
  .filter(({ name, text }) => !accountOf(name) && !text.trim().split('\n').every(isOfPlugin))
  .toSorted((a, b) => rank(a) - rank(b));

/** What a block must print, or leave behind, where it is more than no error. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  'README.md “What you declare” sh 1':
    /^apikeyrotation.apikeyrotation.io\/payments annotated\nNAME +READY +STATUS +CONSUMERS +LAST +NEXT +AGE\npayments +True +ConsumersPending +0\/2 /,
  'docs/audit.md “The audit” sh 1': /^03:00:00 +2\.1 +352903000018 +Issue +key_b2 +- +Done\n$/,
  'docs/evidence-approval.md “Evidence: Approval” sh 2': /kubectl auth whoami/,
  "docs/operator-rights.md “MigrationReports are the operator's own” sh 1": /^(payments-api \w+ no\n){5}no\n$/,
  "docs/operator-rights.md “MigrationReports are the operator's own” sh 2": /^yes\n$/,
  'docs/operator-rights.md “When a namespace is deleted” sh 1': /"apio" deleted\nnamespace "payments" deleted\n$/,
  'docs/issuers-support.md “Give a key” sh 1': /Please issue an API key: organization acme\n$/,
  'docs/issuers-support.md “Give a key” sh 2': /^secret\/apio-delivered-key created\n$/,
  'docs/operations.md “High availability” sh 1': /^apikey-rotation-operator-0\n$/,
  'docs/operations.md “Backup and restore” sh 1': /kind: KeyStore\n[\s\S]*\n[0-9a-f-]{36}\n$/,
  'docs/operations.md “Uninstall” sh 1': /^shop +payments +<none> +key_a1\n/m,
  'docs/requests.md “Roll back” sh 1': /^2apikeyrotation\S+ annotated\n$/,
  'docs/requests.md “Emergency” sh 1': /^key_a1 key_b2apikeyrotation\S+ annotated\n$/,
  'docs/runbooks/ConsumerPending.md “Diagnosis” sh 1': /^payments-api Pending \["payments-api-0"\]\n/,
  'docs/runbooks/OrphanKey.md “Diagnosis” sh 1': /^payments\/apio key_lost\n/,
  'docs/runbooks/RotationFailing.md “Diagnosis” sh 1': /"name":"apio".*The store is away/,
  'docs/runbooks/WatchDead.md “Diagnosis” sh 1': /The store is away/,
  'docs/security.md “19. Everything must stop at once” sh 1': /^apikeyrotation\S+ patched\n$/,
};
/** `kubectl auth can-i` ends so when the answer is no. */
const ENDS_WITH_1 = "docs/operator-rights.md “MigrationReports are the operator's own” sh 1";

/** With the words that a reader replaces by their own, and without making a namespace that is there. */
function filled({ page, text }: Block): string {
  const own = page.startsWith('docs/runbooks/')
    ? text.replaceAll('NAMESPACE', 'payments').replaceAll('NAME', 'apio')
    : text;
  return own.replace(/^kubectl create namespace (shop|payments)\n/gm, '');
}

describe('every shell block', () => {
  it.each(blocks)('$name is right by the grammar of sh', ({ text }) => {
    expect(spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(pluginCalls)('$name calls the plugin as it is: $line', ({ line }) => {
    const [name, ...rest] = line
      .replace(/ +#.*| *[|>].*/, '')
      .split(/ +/)
      .slice(2);
    const command = COMMANDS.find((known) => known.name === name) ?? expect.fail(`there is no command ${name}`);
    checkWords(command, parseInvocation(command, rest));
  });

  it('that is not run here has an account, and every account has its block', () => {
    expect(
      accounts.map(([name]) => name).filter((name) => !blocks.some((block) => `${block.name} `.startsWith(`${name} `))),
    ).toEqual([]);
    expect(Object.keys(EXPECTED).filter((name) => !run.some((block) => block.name === name))).toEqual([]);
  });

  it.each(accounts.filter(([, account]) => 'playedBy' in account))(
    '%s is in the test that plays it',
    (_name, account) => {
      if ('playedBy' in account) expect(readFileSync(join(TOP, account.playedBy), 'utf8')).toContain(account.says);
    },
  );
});

describe('a shell runs', () => {
  let world: ShellWorld;
  beforeAll(async () => {
    if (isInstalled) world = await openShellWorld(kubectl);
  });
  afterAll(() => world?.close());
  beforeEach(({ skip }) => skip(!isInstalled, 'kubectl is not installed'));

  it.each(run)('$name', async (block) => {
    const outcome = await world.run(filled(block));
    expect(outcome).toEqual({ code: block.name === ENDS_WITH_1 ? 1 : 0, printed: expect.any(String) });
    expect(outcome.printed).toMatch(EXPECTED[block.name] ?? /(?:)/);
  });
});
