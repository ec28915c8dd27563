import { rotations } from '../../../api/resources.ts';
import type { IssuerIdentity, RecordedKey } from '../../../api/types.ts';
import type { KeyRecord } from '../../../issuers/port.ts';
import { isOf, parseAttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import type { Facts, IdentityFact } from '../../../rotation/facts.ts';
import { keyFieldOf, recordedTarget } from '../../../rotation/transitions/recorded.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import type { References } from '../references.ts';
import { fingerprintAt, keyAt, type TargetReading } from '../target-io.ts';
import { namespaceOf, planOf } from './planned.ts';

export interface IdentityLookDeps {
  readonly kube: Pick<KubeApi, 'list'>;
  readonly references: References;
  readonly installation: string;
  /** The namespaces that we watch; [undefined] means all. */
  readonly scope: readonly (string | undefined)[];
}

/** Who the key is that all targets serve, if it is one and not somebody else's. */
export type IdentityLook = (facts: Facts, readings: readonly TargetReading[]) => Promise<IdentityFact>;

export function createIdentityLook({ kube, references, installation, scope }: IdentityLookDeps): IdentityLook {
  async function identity(facts: Facts, readings: readonly TargetReading[]): Promise<IdentityFact> {
    const [first] = readings;
    const key = first && keyAt(first);
    if (!key)
      return none(
        `target ${first?.target.name}: ${first?.target.path} has no field ${keyFieldOf(first?.target.fields ?? {})}`,
      );
    const other = readings.find((reading) => fingerprintAt(reading) !== fingerprint(key));
    if (other)
      return none(
        `target ${other.target.name}: ${other.target.path} holds another value than target ${first.target.name}`,
      );
    const problem = await ownerProblem(facts, readings);
    if (problem) return none(problem);
    const plan = planOf(facts);
    const record = await references.issuer(namespaceOf(facts), plan.issuer).verify(key);
    if (record?.status !== 'Active')
      return none(`issuer ${plan.issuer.name} does not know the value at ${first.target.path} as a live key`);
    const label = parseAttemptId(record.label);
    const ours = label !== undefined && isOf(label, { installation, uid: facts.object.metadata.uid ?? '' });
    return { type: 'Key', labelled: ours, key: recordedKey(record, fingerprint(key), plan.issuer, readings) };
  }

  /** Why a marked value is not for us to adopt: another installation's, or of a rotation that is or may be still there. */
  async function ownerProblem(facts: Facts, readings: readonly TargetReading[]): Promise<string | undefined> {
    const markers = readings.flatMap(({ stored }) => stored?.marker ?? []);
    const foreign = markers.find((marker) => marker.installation !== installation);
    if (foreign) return `the value belongs to installation ${foreign.installation}`;
    const others = markers.filter((marker) => marker.uid !== facts.object.metadata.uid);
    if (others.length === 0) return undefined;
    if (!scope.includes(undefined)) {
      return `the value belongs to the rotation with uid ${others[0]?.uid}, and an operator of one namespace cannot see that it is gone`;
    }
    const owner = await liveOwner(facts, readings);
    return owner && `the value belongs to the rotation with uid ${owner}, which still exists`;
  }

  /** The uid of another rotation that marked a value and is still there, by a live list of all namespaces that we see. */
  async function liveOwner(facts: Facts, readings: readonly TargetReading[]): Promise<string | undefined> {
    const uids = readings
      .flatMap(({ stored }) => stored?.marker?.uid ?? [])
      .filter((uid) => uid !== facts.object.metadata.uid);
    if (uids.length === 0) return undefined;
    for (const namespace of scope) {
      const owner = await findByUID(namespace, uids);
      if (owner) return owner;
    }
    return undefined;
  }

  async function findByUID(namespace: string | undefined, uids: readonly string[]): Promise<string | undefined> {
    let next: string | undefined;
    do {
      const page = await kube.list<KubeObject>({ resource: rotations, namespace, limit: 500, continue: next });
      const owner = page.items.find(({ metadata }) => uids.includes(metadata.uid ?? ''));
      if (owner) return owner.metadata.uid;
      next = page.continue;
    } while (next);
    return undefined;
  }

  return identity;
}

function none(message: string): IdentityFact {
  return { type: 'None', message };
}

function recordedKey(
  record: KeyRecord,
  print: string,
  issuer: IssuerIdentity,
  readings: readonly TargetReading[],
): RecordedKey {
  const { keyID, organization, environment, permissions, issuedAt, expiresAt } = record;
  const { revision = 0, attempt = 0 } = readings[0]?.stored?.marker ?? {};
  return {
    keyID,
    revision,
    attempt,
    fingerprint: print,
    environment,
    permissions: [...permissions],
    ...(organization === undefined ? {} : { organization }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    issuer,
    targets: readings.map(({ target, stored }) => recordedTarget(target, stored)),
  };
}
