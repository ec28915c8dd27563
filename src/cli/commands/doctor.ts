import { GROUP } from '../../api/names.ts';
import { rotations } from '../../api/resources.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import type { Command, Session } from '../command.ts';
import { access } from '../doctor/access.ts';
import { clock } from '../doctor/clock.ts';
import { consumers } from '../doctor/consumers.ts';
import type { Check, Finding } from '../doctor/finding.ts';
import { kinds } from '../doctor/kinds.ts';
import { operator } from '../doctor/operator.ts';
import { operatorRights } from '../doctor/operator-rights.ts';
import { policies } from '../doctor/policies.ts';
import { progress } from '../doctor/progress.ts';
import { references } from '../doctor/references.ts';
import { EXIT, type ExitCode, usageError } from '../exit.ts';
import { look } from '../look.ts';
import { getRotation, listAll } from '../rotations.ts';
import type { Paint, Tone } from '../view/paint.ts';

/** In the order in which one fault causes the next. */
const CHECKS: readonly { readonly name: string; readonly check: Check }[] = [
  { name: 'kinds', check: kinds },
  { name: 'clock', check: clock },
  { name: 'access', check: access },
  { name: 'operator', check: operator },
  { name: 'policies', check: policies },
  { name: 'rights', check: operatorRights },
  { name: 'references', check: references },
  { name: 'consumers', check: consumers },
  { name: 'rotations', check: progress },
];

const MARKS: Readonly<Record<Finding['state'], { readonly mark: string; readonly tone: Tone }>> = {
  Ok: { mark: '✓', tone: 'green' },
  Note: { mark: 'i', tone: 'cyan' },
  Fault: { mark: '✗', tone: 'red' },
  Unknown: { mark: '?', tone: 'yellow' },
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'what is wrong with the installation, or with one rotation, and how to mend it',
  words: '[NAME]',
  flags: {
    'operator-namespace': {
      type: 'string',
      hint: 'NAMESPACE',
      help: 'where the operator runs; default: wherever it has a Lease',
    },
    audience: { type: 'string', hint: 'NAME', help: `of report tokens, as the operator's flag says; default ${GROUP}` },
  },
  async run(invocation, session) {
    if (session.allNamespaces) throw usageError('doctor looks at one namespace: name it by -n');
    const examined = {
      session,
      rotations: await examinedRotations(session, invocation.words[0]),
      operatorNamespace: invocation.text('operator-namespace'),
      audience: invocation.text('audience') ?? GROUP,
    };
    const found: Finding[] = [];
    for (const { name, check } of CHECKS) found.push(...(await lookedAt(name, check(examined))));
    session.output.show(found, (paint) => found.flatMap((finding) => linesOf(finding, paint)));
    return exitCodeOf(found);
  },
};

/** What others have found is worth more than a call that fails. */
async function lookedAt(check: string, findings: Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await findings;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return [{ check, state: 'Unknown', about: 'the Kubernetes API', message: error.message, remedy: 'try again' }];
  }
}

function exitCodeOf(found: readonly Finding[]): ExitCode {
  if (found.some(({ state }) => state === 'Fault')) return EXIT.needsHuman;
  return found.some(({ state }) => state === 'Unknown') ? EXIT.failed : EXIT.done;
}

/** Where there are no such kinds, or nobody may look, there are none to examine; the checks say why. */
async function examinedRotations(session: Session, name: string | undefined): Promise<readonly ApiKeyRotation[]> {
  if (name !== undefined) return [await getRotation(session, name)];
  const found = await look(listAll<ApiKeyRotation>(session, rotations, session.namespace));
  return found === 'Denied' || found === undefined ? [] : found;
}

function linesOf({ state, check, about, message, remedy }: Finding, paint: Paint): readonly string[] {
  const { mark, tone } = MARKS[state];
  const line = `${paint(tone, mark)} ${check.padEnd(11)} ${about}: ${message}`;
  return remedy === undefined ? [line] : [line, `              ${paint('bold', '→')} ${remedy}`];
}
