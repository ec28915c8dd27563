import { posix } from 'node:path';

/**
 * Who may import whom. Biome matches the text of an import, in which `../http/x.ts` means another folder at each depth;
 * these rules see the file that is meant. A place is a file, a folder (ends with /), a package, or `node:` for all of Node.
 */
interface ImportRule {
  readonly within: string;
  readonly why: string;
  /** Nothing but these may be imported. */
  readonly only?: readonly string[];
  /** None of these may be imported. */
  readonly never?: readonly string[];
}

const OUTSIDE_SRC = ['sandbox/', 'test/', 'demo/', 'bench/', 'scripts/', 'packages/'];
const ADAPTERS = ['src/issuers/', 'src/stores/', 'src/evidence/'];

const RULES: readonly ImportRule[] = [
  { within: 'src/', never: OUTSIDE_SRC, why: 'the operator ships without sandbox, demo and tests' },
  { within: 'src/', never: ['src/main.ts'], why: 'main.ts wires everything and is wired by nothing' },
  {
    within: 'src/rotation/',
    only: ['src/rotation/', 'src/api/', 'src/key/attempt-id.ts'],
    why: 'the core is pure: facts in, decision out',
  },
  {
    within: 'src/schedule/',
    only: ['src/schedule/', 'src/api/duration.ts', 'croner'],
    why: 'schedules are pure and know no object',
  },
  {
    within: 'src/key/',
    only: ['src/key/', 'node:crypto', 'node:util'],
    why: 'whoever holds plaintext depends on nothing',
  },
  {
    within: 'src/runtime/',
    never: ['src/operator/', 'src/rotation/', 'src/server/', ...ADAPTERS],
    why: 'the controller machinery knows no rotation',
  },
  {
    within: 'src/operator/',
    only: [
      'src/operator/',
      'src/rotation/',
      'src/issuers/port.ts',
      'src/stores/port.ts',
      'src/evidence/',
      'src/schedule/',
      'src/key/',
      'src/runtime/',
      'src/telemetry/',
      'src/api/',
      'src/http/call-error.ts',
      'node:',
    ],
    why: 'the shell reaches the world through ports',
  },
  {
    within: 'src/cli/',
    only: [
      'src/cli/',
      'src/api/',
      'src/rotation/duration.ts',
      'src/evidence/approval-policy.ts',
      'src/evidence/pod-view.ts',
      'src/evidence/report.ts',
      'src/key/',
      'src/runtime/clock.ts',
      'src/runtime/entropy.ts',
      'src/runtime/inactivity-guard.ts',
      'src/runtime/kube/',
      'src/runtime/leader-election/lease.ts',
      'src/http/call-error.ts',
      'yaml',
      'node:',
    ],
    why: 'the kubectl plugin is one small file: it knows the API, and nothing of the operator',
  },
  ...ADAPTERS.map((within) => ({
    within,
    never: [...ADAPTERS.filter((other) => other !== within), 'src/operator/', 'src/server/'],
    why: 'an adapter knows its own port and no other part',
  })),
  { within: 'packages/consumer/src/', only: ['packages/consumer/src/', 'node:'], why: 'the SDK has no dependency' },
];

/** Folders whose subfolders are adapters of one port and do not know each other. */
const PORTS = ['src/issuers/', 'src/stores/'];

const IMPORT =
  /^\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;

/**
 * What a source file imports against the rules, a sentence each. `file` is its path from the top of the repository, with
 * slashes; `text` its contents.
 */
export function importProblems(file: string, text: string): readonly string[] {
  const rules = RULES.filter(({ within }) => file.startsWith(within));
  return importsOf(file, text).flatMap((imported) => {
    const whys = rules.filter((rule) => breaks(rule, imported)).map(({ why }) => why);
    if (isOtherAdapter(file, imported)) whys.push('adapters do not import each other');
    return whys.map((why) => `${file} must not import ${imported}: ${why}`);
  });
}

function importsOf(file: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .map(([, from, bare, call]) => from ?? bare ?? call ?? '')
    .map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file), name) : name));
}

function breaks({ only, never }: ImportRule, imported: string): boolean {
  const isAt = (place: string) => imported === place || (/[/:]$/.test(place) && imported.startsWith(place));
  return (only !== undefined && !only.some(isAt)) || (never?.some(isAt) ?? false);
}

/** An adapter may import its port's own files and itself, not the folders beside it. */
function isOtherAdapter(file: string, imported: string): boolean {
  return PORTS.some((port) => {
    const [own, other] = [adapterOf(port, file), adapterOf(port, imported)];
    return own !== undefined && other !== undefined && own !== other;
  });
}

function adapterOf(port: string, path: string): string | undefined {
  if (!path.startsWith(port)) return undefined;
  const [folder, ...rest] = path.slice(port.length).split('/');
  return rest.length > 0 ? folder : undefined;
}
