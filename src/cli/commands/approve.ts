import { type Approval, approvalReport } from '../../api/approval.ts';
import { reports } from '../../api/resources.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import type { Resource } from '../../runtime/kube/kube-api.ts';
import type { Command, Session } from '../command.ts';
import { CommandError, EXIT, usageError } from '../exit.ts';
import { type Answer, type Awaited, conclude } from '../request/ask.ts';
import { patienceOf, WAIT_FLAGS } from '../request/patience.ts';
import { getRotation } from '../rotations.ts';
import { publishedKeyOf } from '../view/account.ts';
import { approveCommand } from '../view/next.ts';

export const approve: Command = {
  name: 'approve',
  summary: 'say that a consumer has moved to the new key (evidence of type Approval)',
  words: 'NAME',
  flags: {
    consumer: { type: 'string', hint: 'NAME', help: 'default: the one that waits for an approval' },
    revision: { type: 'string', hint: 'N', help: 'the one that is approved, and no other that has begun meanwhile' },
    ...WAIT_FLAGS,
  },
  async run(invocation, session) {
    const [name = ''] = invocation.words;
    const patience = patienceOf(invocation);
    const object = await getRotation(session, name);
    const subject = subjectOf(object);
    const consumer = consumerOf(object, invocation.text('consumer'));
    checkRevision(object, consumer, invocation.text('revision'));
    checkGuard(object, consumer);
    const approval = { ...subject, consumer, username: await whoAmI(session) };
    await session.kube.create(reports, session.namespace, approvalReport(approval));
    return conclude(session, object, awaited(approval, messageOf(object, consumer)), patience);
  },
};

/** A roll back may have begun since the approver looked, and its approval has the key revoked that they meant to keep. */
function checkRevision(object: ApiKeyRotation, consumer: string, wanted: string | undefined): void {
  const { revision = 0, rotation } = object.status ?? {};
  if (wanted === String(revision)) return;
  const rolls = rotation?.rollbackOf === undefined ? '' : `, which rolls revision ${rotation.rollbackOf} back`;
  const running = `revision ${revision} is running${rolls}`;
  if (wanted !== undefined) throw new CommandError(EXIT.refused, `${running}, not ${wanted}`);
  throw usageError(
    `say what is approved by --revision: ${running}; if you mean that one: ${approveCommand(object, consumer)}`,
  );
}

/** An approval that is made while nobody guards them never counts. */
function checkGuard(object: ApiKeyRotation, consumer: string): void {
  const message = messageOf(object, consumer);
  if (message.includes('approvals count only while')) throw new CommandError(EXIT.refused, message);
}

interface Review {
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

const selfSubjectReviews: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
  namespaced: false,
};

/** The policy holds the name against who writes the report. */
async function whoAmI({ kube }: Session): Promise<string> {
  const { status } = await kube.create<Review>(selfSubjectReviews, undefined, {});
  const username = status?.userInfo?.username;
  if (username) return username;
  throw new CommandError(EXIT.failed, 'the API server does not say who you are (SelfSubjectReview)');
}

/** Exactly what is approved: another revision or key is another approval. */
function subjectOf({ metadata, status = {} }: ApiKeyRotation): Omit<Approval, 'consumer' | 'username'> {
  const { rotation, revision = 0 } = status;
  const key = rotation?.publishedAt === undefined ? undefined : publishedKeyOf(rotation);
  if (!key) throw new CommandError(EXIT.refused, 'no new key is published yet: there is nothing to approve');
  const { namespace = '', name: rotationName, uid = '' } = metadata;
  return { namespace, rotationName, uid, revision, fingerprint: key.fingerprint };
}

function consumerOf({ spec, status }: ApiKeyRotation, wanted: string | undefined): string {
  const asking = (spec.consumers ?? []).filter(({ evidence }) => evidence.some(({ type }) => type === 'Approval'));
  const names = asking.map(({ name }) => name);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  if (wanted !== undefined)
    throw usageError(`consumer ${wanted} asks for no approval; those that do: ${names.join(', ') || 'none'}`);
  const pending = (status?.rotation?.consumers ?? []).filter(
    ({ state, name }) => state === 'Pending' && names.includes(name),
  );
  const [only, ...others] = pending.map(({ name }) => name);
  if (only === undefined) throw new CommandError(EXIT.refused, 'no consumer waits for an approval');
  if (others.length > 0) throw usageError(`say which by --consumer: ${[only, ...others].join(', ')}`);
  return only;
}

function awaited({ consumer, revision, fingerprint, username }: Approval, before: string): Awaited {
  return {
    asked: `${username} approves for ${consumer}: revision ${revision}, key fingerprint ${fingerprint}`,
    answer: (rotation) => answerTo(rotation, { revision, consumer, before }),
  };
}

interface Asked extends Pick<Approval, 'revision' | 'consumer'> {
  /** What the consumer was waited for with then. */
  readonly before: string;
}

function answerTo(object: ApiKeyRotation, { revision, consumer, before }: Asked): Answer | undefined {
  const { rotation, revision: running } = object.status ?? {};
  if (rotation?.rollbackOf === revision)
    return { type: 'Refused', message: `revision ${revision} is rolled back: its approvals count no more` };
  const known = rotation?.consumers?.find(({ name }) => name === consumer);
  const isOver = running !== revision || !rotation;
  if (isOver || known?.state === 'Migrated') return { type: 'Taken', message: `${consumer} has moved` };
  const message = messageOf(object, consumer);
  if (/approvals count only while|does not count/.test(message)) return { type: 'Refused', message };
  const isUnanswered = message === before || message.includes('waiting until somebody who may approve');
  return isUnanswered
    ? undefined
    : { type: 'Waiting', message: `${consumer} is approved, and waits for more: ${message}` };
}

function messageOf({ status }: ApiKeyRotation, consumer: string): string {
  const known = status?.rotation?.consumers?.find(({ name }) => name === consumer);
  return known?.message?.split('\n')[0] ?? '';
}
