import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../../sandbox/kube/engine/json.ts';
import type { Case, Expected, RequestStep, WatchStep } from '../case.ts';
import type { Answer, Client, Sent } from './client.ts';
import { at, resolveBody, resolveText } from './references.ts';

/** An API server that cases are played against. */
export interface Stage {
  readonly client: Client;
  /** Makes it forget all versions of the past. */
  forget(): Promise<void>;
}

const patienceMs = 30_000;

/** The namespace of a case: the same on every server and in every run, so that answers need no translation. */
function namespaceOf({ name }: Case): string {
  return `ns-${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}

function has({ status, at: place, is }: Expected, answer: Answer): boolean {
  if (status !== undefined && answer.status !== status) return false;
  return place === undefined || isDeepStrictEqual(at(answer.body, place), is);
}

function encoded(
  { method, path, body, text, contentType, accept, token }: RequestStep,
  names: Map<string, Json>,
): Sent {
  return {
    method,
    path: resolveText(path, names),
    text: text ?? (body === undefined ? undefined : JSON.stringify(resolveBody(body, names))),
    contentType,
    accept,
    token: token === undefined ? undefined : resolveText(token, names),
  };
}

/** Plays a case and returns the answer of every step, those within a watch before the watch's own. */
export async function play(story: Case, stage: Stage): Promise<Answer[]> {
  const { client } = stage;
  const namespace = namespaceOf(story);
  const names = new Map<string, Json>([['ns', namespace]]);
  const answers: Answer[] = [];

  const request = async (step: RequestStep): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    let answer = await client.send(encoded(step, names));
    while (step.until && !has(step.until, answer) && performance.now() < deadline) {
      await pause(20);
      answer = await client.send(encoded(step, names));
    }
    if (step.save !== undefined) names.set(step.save, answer.body ?? null);
    answers.push(step.part === undefined ? answer : { ...answer, body: at(answer.body, step.part) ?? null });
  };

  const watch = async ({ watch: path, events: wanted, accept, during = [] }: WatchStep): Promise<void> => {
    const enough = (events: Json[]) => wanted !== 'end' && events.length >= wanted;
    const inner = async () => {
      for (const step of during) await request(step);
    };
    const opening = { ...encoded({ method: 'GET', path }, names), accept };
    answers.push(await client.watch(opening, enough, inner));
  };

  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const { status } = await client.send({ method: 'POST', path: '/api/v1/namespaces', text: body });
  if (status !== 201) throw new Error(`the namespace of "${story.name}" could not be made: ${status}`);
  for (const step of story.steps) {
    if ('forget' in step) await stage.forget();
    else if ('watch' in step) await watch(step);
    else await request(step);
  }
  return answers;
}
