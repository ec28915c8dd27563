import { rotations } from '../../api/resources.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import type { Command, Session } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { followRotations, listAll } from '../rotations.ts';
import { viewRotation } from '../view/rotation-view.ts';
import { createLayout, tableLines } from '../view/table.ts';
import { ageText, relativeText } from '../view/times.ts';

/** How much of a message a row shows. */
const MESSAGE_WIDTH = 60;

export const list: Command = {
  name: 'list',
  summary: 'all rotations, what each is at and waits for',
  words: '',
  flags: { watch: { type: 'boolean', short: 'w', help: 'a row for each change, until Ctrl-C' } },
  async run(invocation, session) {
    const namespace = session.allNamespaces ? undefined : session.namespace;
    if (invocation.has('watch')) return watch(session, namespace);
    const found = await listAll<ApiKeyRotation>(session, rotations, namespace);
    const nowMs = session.serverTime.lowerBound();
    const rows = found.map((object) => rowOf(object, session, nowMs));
    session.output.show(
      found.map((object) => documentOf(object)),
      () => (rows.length > 0 ? tableLines(headOf(session), rows) : [nothing(namespace)]),
    );
    return EXIT.done;
  },
};

/** The rows as they are, then one for each change, in the columns that the first ones need. */
async function watch(session: Session, namespace: string | undefined): Promise<ExitCode> {
  const { output, serverTime, signal } = session;
  const toRow = (object: ApiKeyRotation) => rowOf(object, session, serverTime.lowerBound());
  const first = await listAll<ApiKeyRotation>(session, rotations, namespace);
  const layout = createLayout(headOf(session), first.map(toRow));
  output.say(layout(headOf(session)));
  const told = new Map<string | undefined, string | undefined>();
  for await (const { object, ...where } of followRotations(session, { namespace }, signal)) {
    // After a break all of them are read anew.
    if (object && told.get(object.metadata.uid) === object.metadata.resourceVersion) continue;
    if (object) told.set(object.metadata.uid, object.metadata.resourceVersion);
    const gone = [...(session.allNamespaces ? [where.namespace] : []), where.name, 'Gone'];
    output.show(object ? documentOf(object) : { ...where, state: 'Gone' }, () => [
      layout(object ? toRow(object) : gone),
    ]);
  }
  return EXIT.done;
}

function nothing(namespace: string | undefined): string {
  return namespace ? `No ApiKeyRotation in namespace ${namespace}; -A looks in all.` : 'No ApiKeyRotation anywhere.';
}

function headOf({ allNamespaces }: Session): readonly string[] {
  const head = ['NAME', 'STATE', 'REASON', 'CONSUMERS', 'KEY', 'NEXT', 'AGE', 'WAITS FOR'];
  return allNamespaces ? ['NAMESPACE', ...head] : head;
}

function rowOf(object: ApiKeyRotation, { allNamespaces }: Session, nowMs: number): readonly string[] {
  const { metadata, status } = object;
  const { state, reason, consumers, currentKeyID, ...view } = viewRotation(object);
  const [message = ''] = state === 'Settled' ? [] : view.message.split('\n');
  return [
    ...(allNamespaces ? [metadata.namespace ?? ''] : []),
    metadata.name,
    state,
    reason,
    consumers,
    currentKeyID,
    relativeText(status?.nextRotationTime, nowMs),
    ageText(nowMs - Date.parse(metadata.creationTimestamp ?? '')),
    message.length > MESSAGE_WIDTH ? `${message.slice(0, MESSAGE_WIDTH - 1)}…` : message,
  ];
}

function documentOf(object: ApiKeyRotation): object {
  const { metadata, status } = object;
  const { isAtRest: _, doing: __, stalled: ___, ...view } = viewRotation(object);
  return { namespace: metadata.namespace, name: metadata.name, ...view, nextRotationTime: status?.nextRotationTime };
}
