import type { ApiKeyRotation } from '../../api/types.ts';
import { createDeadline } from '../../runtime/kube/deadline.ts';
import { isConflict } from '../../runtime/kube/kube-errors.ts';
import type { Session } from '../command.ts';
import { awaitEvent, type EventObject, eventsOf } from '../events.ts';
import { CommandError, EXIT, type ExitCode } from '../exit.ts';
import { followRotations, getRotation, notThere, rotationRef } from '../rotations.ts';
import { viewRotation } from '../view/rotation-view.ts';

/** What the operator made of a request. `Refused` without a message: an event of that reason has it. */
export type Answer =
  | { readonly type: 'Taken' | 'Waiting'; readonly message: string }
  | { readonly type: 'Refused'; readonly message: string }
  | { readonly type: 'Refused'; readonly eventReason: string };

/** What is waited for after something was asked of a rotation. */
export interface Awaited {
  /** What is said as soon as it is asked. */
  readonly asked: string;
  /** Undefined while the operator has not said anything. */
  answer(rotation: ApiKeyRotation): Answer | undefined;
  /** What it means that the object is gone, of which this was `asked`; without it, or undefined: nobody will answer. */
  goneAnswer?(asked: ApiKeyRotation): Answer | undefined;
}

/** Something that people ask of a rotation by changing it. */
export interface Request extends Awaited {
  /** A merge patch; throws CommandError where it makes no sense for the object as it stands. */
  patch(rotation: ApiKeyRotation): object;
  /** Whether it holds for exactly the object that it was made from: another one is looked at anew. */
  readonly isGuarded: boolean;
}

/** Whether to wait for the answer, and how long. */
export interface Patience {
  readonly waits: boolean;
  readonly timeoutMs: number;
}

/** The operator writes progress while it is asked. */
const MAX_TRIES = 5;

/** Asks, waits until the operator says in status that it took or refused the request, and tells that. */
export async function ask(session: Session, name: string, request: Request, patience: Patience): Promise<ExitCode> {
  const before = await getRotation(session, name);
  const known = patience.waits ? await eventsOf(session, before) : [];
  const asked = await send(session, before, request);
  return conclude(session, asked, request, patience, known);
}

/** It is asked: waits for the answer, and tells it. `asked`: as it stood then; `known`: what the operator had told before. */
export async function conclude(
  session: Session,
  asked: ApiKeyRotation,
  awaited: Awaited,
  patience: Patience,
  known: readonly EventObject[] = [],
): Promise<ExitCode> {
  const { output } = session;
  output.say(awaited.asked);
  if (!patience.waits) {
    output.show({ answer: 'Asked' }, () => []);
    return EXIT.done;
  }
  const answer = await awaitAnswer(session, asked, awaited, patience);
  const message = await messageOf(session, asked, answer, known);
  if (answer.type === 'Refused') throw new CommandError(EXIT.refused, message);
  output.show({ answer: answer.type, message }, () => message.split('\n'));
  return answer.type === 'Taken' ? EXIT.done : EXIT.notYet;
}

async function send(session: Session, before: ApiKeyRotation, request: Request): Promise<ApiKeyRotation> {
  const { name } = before.metadata;
  let object = before;
  for (let tries = 1; ; tries += 1) {
    try {
      return await session.kube.mergePatch<ApiKeyRotation>(rotationRef(session, name), patchOf(object, request));
    } catch (error) {
      if (!isConflict(error) || tries === MAX_TRIES) throw error;
      object = await getRotation(session, name);
    }
  }
}

function patchOf(object: ApiKeyRotation, request: Request): object {
  const patch: { metadata?: object } = request.patch(object);
  if (!request.isGuarded) return patch;
  return { ...patch, metadata: { ...patch.metadata, resourceVersion: object.metadata.resourceVersion } };
}

async function awaitAnswer(
  session: Session,
  asked: ApiKeyRotation,
  awaited: Awaited,
  { timeoutMs }: Patience,
): Promise<Answer> {
  const { namespace, name, uid } = asked.metadata;
  const deadline = createDeadline(session.clock, timeoutMs, session.signal);
  const stood = refusalIn(awaited.answer(asked));
  let still: string | undefined;
  let told = '';
  try {
    for await (const { object } of followRotations(session, { namespace, name }, deadline.signal)) {
      if (!object || object.metadata.uid !== uid) return goneAnswer(session, asked, awaited);
      const answer = awaited.answer(object);
      still = refusalIn(answer);
      if (answer && (still === undefined || still !== stood)) return answer;
      told = viewRotation(object).doing || viewRotation(object).stalled;
    }
  } finally {
    deadline.end();
  }
  if (!deadline.expired()) throw new CommandError(EXIT.notYet, 'interrupted: it is asked, and not answered yet');
  const silence = `it is asked, and nobody has answered within ${timeoutMs / 1_000}s`;
  throw new CommandError(EXIT.notYet, `${silence}; ${whySilent(asked, still, told)}`);
}

function goneAnswer(session: Session, asked: ApiKeyRotation, awaited: Awaited): Answer {
  const answer = awaited.goneAnswer?.(asked);
  if (answer) return answer;
  throw notThere(session, asked.metadata.name);
}

/** What keeps the operator from answering, as far as status tells. */
function whySilent({ metadata: { namespace, name } }: ApiKeyRotation, still: string | undefined, told: string): string {
  if (still) return `status says what it said before, of this one or of an earlier one: ${still}`;
  if (!told) return `is an operator running? kubectl apikey doctor -n ${namespace}`;
  return `its status says ${told.split('\n')[0]}; what that means: kubectl apikey explain-wait ${name} -n ${namespace}`;
}

/** One that stood in status already when something was asked is of an earlier request, until it changes. */
function refusalIn(answer: Answer | undefined): string | undefined {
  return answer?.type === 'Refused' && 'message' in answer ? answer.message : undefined;
}

async function messageOf(
  session: Session,
  object: ApiKeyRotation,
  answer: Answer,
  known: readonly EventObject[],
): Promise<string> {
  if ('message' in answer) return answer.message;
  const event = await awaitEvent(session, object, answer.eventReason, known);
  const see = `kubectl -n ${object.metadata.namespace} events --for akr/${object.metadata.name}`;
  return event?.message ?? `the operator refused it; its event ${answer.eventReason} says why: ${see}`;
}
