import { AwsFailure } from './answers.ts';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
const MAX_LABELS = 20;

interface Version {
  readonly text: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly labels: Set<string>;
}

/** What moves a label: the parameters of UpdateSecretVersionStage. */
export interface StageMove {
  readonly label: string;
  readonly to: string | undefined;
  readonly from: string | undefined;
}

/** One secret with its versions, and the rules of their staging labels. */
export class Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly versions = new Map<string, Version>();
  /** Set it to schedule the secret for deletion: seconds since the epoch. */
  deletedAt: number | undefined;
  /** Set it to have the secret rotated by Secrets Manager. */
  rotationEnabled = false;
  /** Set it to make a replica of it. */
  primaryRegion: string | undefined;
  /** Set it to have the secret managed by another service. */
  owningService: string | undefined;

  constructor({ name, arn, createdAt }: { name: string; arn: string; createdAt: number }) {
    this.name = name;
    this.arn = arn;
    this.createdAt = createdAt;
  }

  /** The same as it is now, for reads that come late. */
  snapshot(): Secret {
    const copy = new Secret(this);
    const { deletedAt, rotationEnabled, primaryRegion, owningService } = this;
    for (const [id, version] of this.versions) copy.versions.set(id, { ...version, labels: new Set(version.labels) });
    return Object.assign(copy, { deletedAt, rotationEnabled, primaryRegion, owningService });
  }

  /** The id of the version that carries a label. */
  at(label: string): string | undefined {
    return [...this.versions].find(([, { labels }]) => labels.has(label))?.[0];
  }

  /** Makes a version; the same id with the same text again changes nothing. The first one carries AWSCURRENT in any case. */
  put(id: string, text: string, stages: readonly string[], createdAt: number): readonly string[] {
    const known = this.versions.get(id);
    if (known && known.text !== text) {
      throw new AwsFailure(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${this.arn}.`,
      );
    }
    if (known) return [...known.labels];
    const labels = this.versions.size === 0 ? [...new Set([...stages, CURRENT])] : stages;
    this.#assertRoom(labels);
    const version = { text, createdAt, labels: new Set<string>() };
    this.versions.set(id, version);
    for (const label of labels) this.#attach(label, id);
    return [...version.labels];
  }

  /** AWSCURRENT and others move only from where the caller says that they are. */
  move({ label, to, from }: StageMove): void {
    const holder = this.at(label);
    for (const id of [to, from])
      if (id !== undefined && !this.versions.has(id)) throw invalid(`Not a valid version: ${id}`);
    if (holder !== undefined && to !== undefined && from === undefined && holder !== to) {
      throw invalid(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    }
    if (from !== undefined && holder !== from)
      throw invalid(`Expected staging label ${label} to be attached to version ${from}, but it is not.`);
    if (to === undefined && label === CURRENT)
      throw invalid(
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    if (to === undefined) this.versions.get(from ?? '')?.labels.delete(label);
    else {
      if (holder === undefined) this.#assertRoom([label]);
      this.#attach(label, to);
    }
  }

  #attach(label: string, id: string): void {
    const holder = this.at(label);
    if (holder === id) return;
    if (holder !== undefined) this.versions.get(holder)?.labels.delete(label);
    this.versions.get(id)?.labels.add(label);
    if (label !== CURRENT || holder === undefined) return;
    const previous = this.at(PREVIOUS);
    if (previous !== undefined) this.versions.get(previous)?.labels.delete(PREVIOUS);
    this.versions.get(holder)?.labels.add(PREVIOUS);
  }

  #assertRoom(added: readonly string[]): void {
    const labels = new Set([...[...this.versions.values()].flatMap((version) => [...version.labels]), ...added]);
    if (labels.size > MAX_LABELS)
      throw new AwsFailure('LimitExceededException', 'You attempted to exceed the limit of staging labels.');
  }
}

function invalid(message: string): AwsFailure {
  return new AwsFailure('InvalidParameterException', message);
}
