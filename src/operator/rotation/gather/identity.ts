import { rotations } from '../../../api/resources.ts';
import type { IssuerIdentity, RecordedKey } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { Issuer, KeyRecord, PresumedKey } from '../../../issuers/port.ts';
import { isOf, type Owner, parseAttemptId } from '../../../key/attempt-id.ts';
import { fingerprint, isTooShort, MIN_KEY_LENGTH } from '../../../key/fingerprint.ts';
import type { Marker } from '../../../key/marker.ts';
import type { SecretValue } from '../../../key/secret-value.ts';
import type { Facts, IdentityFact } from '../../../rotation/facts.ts';
import { isAbove } from '../../../rotation/ordinal.ts';
import { requestText } from '../../../rotation/requests.ts';
import { keyFieldOf, recordedTarget } from '../../../rotation/transitions/recorded.ts';
import { committed, ownerOf } from '../../../rotation/transitions/status.ts';
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
    const found = commonKey(readings);
    if (found.type === 'None') return found;
    const { first, key } = found;
    const markers = readings.flatMap(({ stored }) => stored?.marker ?? []);
    // Before anything else: a value of others is not even shown to our issuer.
    const foreign = await ownerProblem(facts, markers, 'the value');
    const unwanted = foreign ?? fingerprintProblem(facts, found);
    if (unwanted) return unwanted;
    const { issuer: named } = planOf(facts);
    const issuer = references.issuer(namespaceOf(facts), named);
    const presumed = presumedKey(facts, found);
    let record = await issuer.verify(key, presumed);
    if (!record && issuer.adopt && isToBeAdopted(facts, key)) {
      const unnamed = await takeNote(facts, issuer, found);
      if (unnamed) return unnamed;
      record = await issuer.verify(key, presumed);
    }
    if (record?.status !== 'Active') {
      const problem = `issuer ${named.name} does not know the value at ${first.target.path} as a live key`;
      return none(problem, 'write a key of that issuer there, or remove the value to have a new key issued');
    }
    const label = parseAttemptId(record.label);
    const others = label && !markers.some(({ uid }) => uid === label.uid) ? [label] : [];
    const labelled = await ownerProblem(facts, others, `key ${record.keyID}, by its label at the issuer,`);
    if (labelled) return labelled;
    const ours = label !== undefined && isOf(label, ownerOf(facts));
    const isNew = isToBeAdopted(facts, key) && !ours;
    if (isNew && (await isUnmanaged(issuer, record, facts.object.spec.key.organization))) {
      const problem = `issuer ${named.name} does not show key ${record.keyID} to the operator's own credential, which could never revoke it`;
      return none(
        problem,
        'name in spec.issuerRef an issuer whose credential is of the account that the key belongs to',
      );
    }
    const ungranted = isNew ? grantProblem(facts, named, record, first) : undefined;
    if (ungranted) return ungranted;
    return { type: 'Key', labelled: ours, key: recordedKey(record, fingerprint(key), named, readings) };
  }

  /** Who adopts a key may have it replaced and revoked: it must be one that the namespace could have had issued. */
  function grantProblem(
    facts: Facts,
    issuer: IssuerIdentity,
    { keyID, organization = facts.object.spec.key.organization, environment, permissions }: KeyRecord,
    { target: { path } }: TargetReading,
  ): None | undefined {
    const key = { environment, permissions: [...permissions], ...(organization === undefined ? {} : { organization }) };
    try {
      references.assertGranted(namespaceOf(facts), issuer, key);
      return undefined;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return none(
        `the value at ${path} is key ${keyID}, which is not granted: ${error.message}`,
        'write another key there',
      );
    }
  }

  /** Why what is marked or labelled so is not for us to adopt: another installation's, or of a rotation that is or may be still there. */
  async function ownerProblem(facts: Facts, owners: readonly Owner[], what: string): Promise<None | undefined> {
    const foreign = owners.find(({ installation }) => installation !== facts.installation);
    if (foreign) {
      return none(
        `${what} belongs to installation ${foreign.installation}`,
        'if nothing there manages it any more, write another key to the targets, without a marker',
      );
    }
    const others = owners.filter(({ uid }) => uid !== facts.object.metadata.uid).map(({ uid }) => uid);
    if (others.length === 0) return undefined;
    if (!scope.includes(undefined)) {
      const problem = `${what} belongs to the rotation with uid ${others[0]}, and an operator of one namespace cannot see that it is gone`;
      return none(
        problem,
        'write another key to the targets, without a marker, or run the operator without --namespace',
      );
    }
    const owner = await liveOwner(others);
    if (owner === undefined) return undefined;
    return none(
      `${what} belongs to the rotation with uid ${owner}, which still exists`,
      'delete that one with deletionPolicy Retain, or choose another path in spec.targets',
    );
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

/** A key that only people know is the one that a person names, in the environment and with the rights that spec gives it. */
async function takeNote(facts: Facts, issuer: Issuer, { first, key }: CommonKey): Promise<None | undefined> {
  const { keyID } = facts.object.spec.existingKey ?? {};
  const remedy = 'see at the issuer which key it is, and correct that field, or what the targets hold';
  if (keyID === undefined) {
    const problem = `nobody but people knows which key stands at ${first.target.path}`;
    return none(problem, 'name its id in spec.existingKey.keyID');
  }
  const problem = await issuer.adopt?.(key, keyID, planOf(facts).key);
  return problem === undefined ? undefined : none(problem, remedy);
}

/** Whether the value would be taken over now. What is current already must stay replaceable, also where it was adopted unchecked. */
function isToBeAdopted({ object: { spec, status } }: Facts, key: SecretValue): boolean {
  if (spec.existingKey?.policy !== 'Adopt') return false;
  const { current } = status ?? {};
  return !current || (current.adopted === true && current.fingerprint !== fingerprint(key));
}

/**
 * Who the value is by what status recorded with its fingerprint, or by a marker that a person accepts in its place. Else nothing is
 * proven by what stands beside it, or is named for adoption.
 */
function presumedKey(facts: Facts, { first: { stored }, key }: CommonKey): PresumedKey | undefined {
  const { spec, status } = facts.object;
  const print = fingerprint(key);
  const known = [status?.rotation?.newKey, status?.current, status?.rotation?.oldKey];
  const recorded = known.find((each) => each?.fingerprint === print);
  if (recorded) return { keyID: recorded.keyID, fingerprint: print };
  const named = stored?.marker?.keyID || spec.existingKey?.keyID;
  if (!named) return undefined;
  return isAccepted(facts, stored?.marker) ? { keyID: named, fingerprint: print } : { keyID: named };
}

/** Whether a person accepts what stands under a marker that a status from the past has forgotten. It must name a key of our label. */
function isAccepted(facts: Facts, marker: Marker | undefined): boolean {
  if (!marker || !isOf(marker, ownerOf(facts)) || !isAbove(marker, committed(facts))) return false;
  const token = requestText(facts, 'acceptState');
  if (token === undefined || token === facts.object.status?.lastHandled?.acceptState) return false;
  return facts.labelled?.some(({ keyID }) => keyID === marker.keyID) === true;
}

/** Why this is not the value that was named for adoption. One that carries our marker is no value of others. */
function fingerprintProblem(facts: Facts, { first: { target, stored }, key }: CommonKey): None | undefined {
  const wanted = facts.object.spec.existingKey?.fingerprint;
  const found = fingerprint(key);
  if (wanted === undefined || wanted === found || !isToBeAdopted(facts, key)) return undefined;
  if (stored?.marker && isOf(stored.marker, ownerOf(facts))) return undefined;
  return none(
    `the value at ${target.path} has the fingerprint ${found}, spec.existingKey.fingerprint is ${wanted}`,
    'correct that field, or what the targets hold',
  );
}

/**
 * Whether our credential cannot see a key that is good for those who hold it: "there is no such key" would be taken for its death when
 * it is to be revoked. One of another organization than `wanted` is refused for that anyway.
 */
async function isUnmanaged(issuer: Issuer, { keyID, organization }: KeyRecord, wanted: string | undefined) {
  if (wanted !== undefined && organization !== wanted) return false;
  return (await issuer.get(keyID))?.status !== 'Active';
}

/** The one text that all targets hold, with the first of them. */
function commonKey(readings: readonly TargetReading[]): CommonKey | None {
  const [first] = readings;
  const key = first && keyAt(first);
  const unkeyed = readings.find((reading) => !keyAt(reading));
  if (!first || !key || unkeyed) {
    const { name = '', path = '', fields = {} } = (unkeyed ?? first)?.target ?? {};
    const problem = `target ${name}: ${path} has no field ${keyFieldOf(fields)}`;
    return none(problem, 'name the field that holds the key in spec.targets, under fields, or write the key there');
  }
  const other = readings.find((reading) => fingerprintAt(reading) !== fingerprint(key));
  if (other) {
    const problem = `target ${other.target.name}: ${other.target.path} holds another value than target ${first.target.name}`;
    return none(problem, 'write the key that is in use to all of them, or take one out of spec.targets');
  }
  if (isTooShort(key)) {
    const problem = `target ${first.target.name}: the value at ${first.target.path} has fewer than ${MIN_KEY_LENGTH} characters, which cannot be handled safely`;
    return none(problem, 'write a longer key of the issuer there, or remove the value to have one issued');
  }
  return { type: 'One', first, key };
}

interface CommonKey {
  readonly type: 'One';
  readonly first: TargetReading;
  readonly key: SecretValue;
}
type None = Extract<IdentityFact, { type: 'None' }>;

function none(problem: string, remedy: string): None {
  return { type: 'None', problem, remedy };
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
