import { rotations } from '../../../api/resources.ts';
import type { IssuerIdentity, RecordedKey } from '../../../api/types.ts';
import type { KeyRecord } from '../../../issuers/port.ts';
import { isOf, parseAttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import type { Facts, IdentityFact } from '../../../rotation/facts.ts';
import { keyFieldOf, recordedTarget } from '../../../rotation/transitions/recorded.ts';
import { ownerOf } from '../../../rotation/transitions/status.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import { pages } from '../../../runtime/kube/pages.ts';
import type { References } from '../references.ts';
import { fingerprintAt, keyAt, type TargetReading } from '../target-io.ts';
import { namespaceOf, planOf } from './planned.ts';

export interface IdentityLookDeps {
  readonly kube: Pick<KubeApi, 'list'>;
  readonly references: References;
  /** The namespaces that we watch; [undefined] means all. */
  readonly scope: readonly (string | undefined)[];
}

/** Who the key is that all targets serve, if it is one and not somebody else's. */
export type IdentityLook = (facts: Facts, readings: readonly TargetReading[]) => Promise<IdentityFact>;

export function createIdentityLook({ kube, references, scope }: IdentityLookDeps): IdentityLook {
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
    const ours = label !== undefined && isOf(label, ownerOf(facts));
    return { type: 'Key', labelled: ours, key: recordedKey(record, fingerprint(key), plan.issuer, readings) };
  }

  /** Why a marked value is not for us to adopt: another installation's, or of a rotation that is or may be still there. */
  async function ownerProblem(facts: Facts, readings: readonly TargetReading[]): Promise<string | undefined> {
    const markers = readings.flatMap(({ stored }) => stored?.marker ?? []);
    const foreign = markers.find((marker) => marker.installation !== facts.installation);
    if (foreign) return `the value belongs to installation ${foreign.installation}`;
    const others = markers.filter((marker) => marker.uid !== facts.object.metadata.uid);
    if (others.length === 0) return undefined;
    if (!scope.includes(undefined)) {
      return `the value belongs to the rotation with uid ${others[0]?.uid}, and an operator of one namespace cannot see that it is gone`;
    }
    const owner = await liveOwner(others.map((marker) => marker.uid));
    return owner && `the value belongs to the rotation with uid ${owner}, which still exists`;
  }

  /** The one of these uids that a rotation still has, by a live list of all namespaces that we see. */
  async function liveOwner(uids: readonly string[]): Promise<string | undefined> {
    for (const namespace of scope) {
      for await (const page of pages<KubeObject>(kube, { resource: rotations, namespace })) {
        const owner = page.find(({ metadata }) => uids.includes(metadata.uid ?? ''));
        if (owner) return owner.metadata.uid;
      }
    }
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
