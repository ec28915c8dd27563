import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/all.ts';
import { checkWords, parseInvocation } from '../../../src/cli/flags.ts';
import { accountOf } from './accounts.ts';
import { type Block, blocksIn } from './block.ts';
import { EXPECTED } from './expected.ts';
import { openShellWorld, type ShellWorld } from './shell-world.ts';

const kubectl = process.env.KUBECTL ?? 'kubectl';
const isInstalled = spawnSync(kubectl, ['version', '--client']).status === 0;

const blocks = blocksIn('sh', 'bash', 'shell', 'console');
const isOfPlugin = (line: string) => line.startsWith('kubectl apikey ');
/** Held to its flags; test/integration/kubectl-apikey runs the commands. */
const isOfPluginAlone = ({ text }: Block) => text.trim().split('\n').every(isOfPlugin);
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
/** Only these: a block may do anything to this machine. */
const run = blocks.filter(({ name }) => name in EXPECTED).toSorted((a, b) => rank(a) - rank(b));

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

  it('is run and prints what is expected of it, or has an account', () => {
    const neither = blocks.filter((block) => !(block.name in EXPECTED || accountOf(block) || isOfPluginAlone(block)));
    expect(neither.map(({ name }) => name)).toEqual([]);
    expect(run.filter(accountOf).map(({ name }) => name)).toEqual([]);
    expect(run.map(({ name }) => name).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });
});

describe('a shell runs', () => {
  let world: ShellWorld;
  beforeAll(async () => {
    if (isInstalled) world = await openShellWorld(kubectl);
  });
  afterAll(() => world?.close());
  beforeEach(({ skip }) => skip(!isInstalled, 'kubectl is not installed'));

  it.each(run)('$name', async (block) => {
    const { printed = /^$/, code = 0 } = EXPECTED[block.name] ?? {};
    expect(await world.run(filled(block))).toEqual({ code, printed: expect.stringMatching(printed) });
  });
});
