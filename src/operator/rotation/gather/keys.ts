import type { IssuerIdentity, RecordedKey } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { Issuer, KeyRecord } from '../../../issuers/port.ts';
import { isOf, type Owner, parseAttemptId } from '../../../key/attempt-id.ts';
import { fingerprint } from '../../../key/fingerprint.ts';
import { proofHash, proofOf } from '../../../key/proof.ts';
import type { Facts, KeysFact, LabelledKey, PermissionsFact } from '../../../rotation/facts.ts';
import { isSameIssuer } from '../../../rotation/issuer-place.ts';
import { isAbove } from '../../../rotation/ordinal.ts';
import { ownerOf } from '../../../rotation/transitions/status.ts';
import type { References } from '../references.ts';
import { findKeyText } from '../replaced-key.ts';
import { keyAt, type TargetReading } from '../target-io.ts';
import { namespaceOf, planOf, unresolved } from './planned.ts';

export interface KeyLookDeps {
  readonly references: References;
}

/** What the issuers say of the keys of one object. */
export interface KeyLooks {
  labelled(facts: Facts): Promise<readonly LabelledKey[]>;
  keys(facts: Facts, readings: readonly TargetReading[]): Promise<KeysFact>;
  permissions(facts: Facts): Promise<PermissionsFact>;
  proofHashes(facts: Facts, readings: readonly TargetReading[]): Record<string, string>;
}

export function createKeyLooks({ references }: KeyLookDeps): KeyLooks {
  async function labelled(facts: Facts): Promise<readonly LabelledKey[]> {
    const lists = knownIssuers(facts).map(async ({ identity, required }) => {
      const issuer = required ? references.issuer(namespaceOf(facts), identity) : existing(facts, identity);
      const records = issuer ? await ownKeys(facts, issuer, identity) : [];
      // An account has keys of other objects and installations: whose they are is not left to the issuer.
      return records.flatMap((record) => labelledKey(record, identity, ownerOf(facts)));
    });
    return (await Promise.all(lists)).flat();
  }

  /** Where keys cannot be listed, those that status and markers name are asked for one by one. */
  async function ownKeys(facts: Facts, issuer: Issuer, identity: IssuerIdentity): Promise<readonly KeyRecord[]> {
    const byID = async (ids: readonly string[]) => {
      const found = await Promise.all(ids.map((keyID) => issuer.get(keyID)));
      return found.filter((record) => record !== undefined);
    };
    if (!issuer.capabilities.list) return byID(namedKeys(facts, identity));
    const listed = await issuer.list(ownerOf(facts));
    // A list of the past lacks them too: that they are not in it does not say that they are dead.
    const unlisted = condemnedKeys(facts, identity).filter((id) => !listed.some(({ keyID }) => keyID === id));
    return [...listed, ...(await byID(unlisted))];
  }

  /** An issuer that a former key came from and that is gone can list nothing. */
  function existing(facts: Facts, identity: IssuerIdentity): Issuer | undefined {
    try {
      return references.issuer(namespaceOf(facts), identity);
    } catch {
      return undefined;
    }
  }

  async function keys(facts: Facts, [reading]: readonly TargetReading[]): Promise<KeysFact> {
    const { rotation } = facts.object.status ?? {};
    const key = reading && keyAt(reading);
    const told =
      key && (await references.issuer(namespaceOf(facts), planOf(facts).issuer).verify(key, rotation?.newKey));
    const newVerified = told?.status === 'Active' && told.keyID === rotation?.newKey?.keyID;
    if (!rotation?.oldKey) return { newVerified };
    const old = await references.issuer(namespaceOf(facts), rotation.oldKey.issuer).get(rotation.oldKey.keyID);
    if (!old) return { newVerified };
    const ours = isOurEarlierKey(facts, old) || (await isAdopted(facts, rotation.oldKey));
    return { newVerified, old: { live: old.status === 'Active', ours } };
  }

  async function permissions(facts: Facts): Promise<PermissionsFact> {
    const { current } = facts.object.status ?? {};
    const told = current && (await references.issuer(namespaceOf(facts), current.issuer).get(current.keyID));
    if (!current || !told) return { type: 'Unknown' };
    if (told.status !== 'Active') return { type: 'Dead' };
    const ours = isOurEarlierKey(facts, told) || (await isAdopted(facts, current));
    return { type: 'Told', permissions: told.permissions, ours };
  }

  /**
   * S15: an adopted key carries no label of ours. Its plaintext, read once more from where it was adopted, must be what the issuer
   * knows as that id; the word of the status is not enough.
   */
  async function isAdopted(facts: Facts, old: RecordedKey): Promise<boolean> {
    if (!old.adopted) return false;
    const key = await findKeyText(references, namespaceOf(facts), old);
    const told = key && (await references.issuer(namespaceOf(facts), old.issuer).verify(key, { keyID: old.keyID }));
    return told?.keyID === old.keyID;
  }

  function isOurEarlierKey(facts: Facts, old: KeyRecord): boolean {
    const label = parseAttemptId(old.label);
    const { revision = 0 } = facts.object.status ?? {};
    return label !== undefined && isOf(label, ownerOf(facts)) && !isAbove(label, { revision, attempt: 0 });
  }

  function proofHashes(facts: Facts, readings: readonly TargetReading[]): Record<string, string> {
    const { object } = facts;
    const { rotation, revision = 0 } = object.status ?? {};
    const key = readings.map(keyAt).find((found) => found && fingerprint(found) === rotation?.newKey?.fingerprint);
    if (!key) {
      const places = rotation?.plan.targets.map(({ name, path }) => `target ${name}: ${path}`).join(', ');
      const message = `${places}: none serves key ${rotation?.newKey?.keyID} any more`;
      throw new CallError('unavailable', 'TargetChanged', message);
    }
    const uid = object.metadata.uid ?? '';
    const hashes = (object.spec.consumers ?? []).map(({ name }) => [
      name,
      proofHash(proofOf(key, { uid, revision, consumer: name })),
    ]);
    return Object.fromEntries(hashes);
  }

  return { labelled, keys, permissions, proofHashes };
}

/** Ids of the keys of one issuer that are to be revoked as orphans. */
function condemnedKeys({ object }: Facts, identity: IssuerIdentity): string[] {
  const ours = object.status?.abandoned?.filter(({ issuer }) => issuer && isSameIssuer(issuer, identity)) ?? [];
  return ours.flatMap(({ keyID }) => (keyID ? [keyID] : []));
}

/** Ids of the keys of one issuer that status and the markers at the targets name. */
function namedKeys(facts: Facts, identity: IssuerIdentity): string[] {
  const { current, rotation, abandoned = [], deletion } = facts.object.status ?? {};
  const recorded = [current, rotation?.oldKey, rotation?.restoredKey, ...abandoned].filter(
    (key) => key?.issuer && isSameIssuer(key.issuer, identity),
  );
  const markers = (facts.targets ?? []).flatMap((target) =>
    target.presence === 'Present' ? (target.marker ?? []) : [],
  );
  const ours = markers.filter((marker) => isOf(marker, ownerOf(facts)));
  const ids = [
    ...recorded.map((key) => key?.keyID),
    rotation?.newKey?.keyID,
    ...ours.map((marker) => marker.keyID),
    ...(deletion?.keyIDs ?? []),
  ];
  return [...new Set(ids.flatMap((id) => (id ? [id] : [])))];
}

/** The issuer of the plan, or else of the current key, must answer. Others are those that status records with keys. */
function knownIssuers({ object, references }: Facts): { identity: IssuerIdentity; required: boolean }[] {
  const { current, rotation, abandoned = [] } = object.status ?? {};
  const planned = rotation?.plan.issuer ?? (references.type === 'Resolved' ? references.plan.issuer : current?.issuer);
  if (!planned) throw unresolved(references);
  const recorded = [rotation?.oldKey?.issuer, current?.issuer, ...abandoned.map((key) => key.issuer)].filter(
    (identity) => identity !== undefined,
  );
  const known = [{ identity: planned, required: true }];
  for (const identity of recorded) {
    if (!known.some((other) => isSameIssuer(other.identity, identity))) known.push({ identity, required: false });
  }
  return known;
}

/** None where the label is not of this owner. */
function labelledKey({ keyID, label, status }: KeyRecord, issuer: IssuerIdentity, owner: Owner): LabelledKey[] {
  const parsed = parseAttemptId(label);
  if (!parsed || !isOf(parsed, owner)) return [];
  return [{ keyID, live: status === 'Active', revision: parsed.revision, attempt: parsed.attempt, issuer }];
}
