import type { AttemptId } from '../../key/attempt-id.ts';
import { CURRENT, type OwnLabel, ownLabels } from './aws-labels.ts';
import type { SecretDescription, SecretsClient } from './secrets-client.ts';

/** A label of ours on a version that consumers are not served. */
export interface StaleLabel extends OwnLabel {
  readonly version: string;
}

type Labels = SecretDescription['labels'];

/** AWS takes 20 on all versions of a secret; a publish adds two. */
const ROOM_FOR = 16;

/** Once there is hardly room for another: the labels of this revision's earlier attempts. The key to retire is in none of theirs. */
export function supersededLabels(labels: Labels, by: AttemptId): readonly StaleLabel[] {
  if ([...labels.values()].flat().length < ROOM_FOR) return [];
  return staleLabels(labels, by).filter(
    ({ type, attempt }) => type === 'Marker' && attempt.revision === by.revision && attempt.attempt < by.attempt,
  );
}

/** All that a revision and those before it leave behind when it is over; none where a later one has begun to write. */
export function deadLabels(labels: Labels, by: AttemptId): readonly StaleLabel[] {
  const own = [...labels.values()].flatMap((texts) => ownLabels(texts, by));
  if (own.some(({ attempt }) => attempt.revision > by.revision)) return [];
  return staleLabels(labels, by);
}

/** Takes labels off their versions; one that is no longer there was taken off by another. */
export async function dropLabels(client: SecretsClient, name: string, labels: readonly StaleLabel[]): Promise<void> {
  for (const { text, version } of labels) await client.move({ name, label: text, from: version });
}

function staleLabels(labels: Labels, by: AttemptId): readonly StaleLabel[] {
  return [...labels].flatMap(([version, texts]) =>
    texts.includes(CURRENT) ? [] : ownLabels(texts, by).map((label) => ({ ...label, version })),
  );
}
