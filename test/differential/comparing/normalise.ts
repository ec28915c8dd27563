import { asArray, asObject, isObject, type Json, type JsonObject } from '../../../sandbox/kube/engine/json.ts';
import type { Case } from '../case.ts';
import type { Answer } from '../playing/client.ts';
import { claimsOf } from './token-claims.ts';
import { createVersions, type Versions } from './versions.ts';

/** An answer without what differs from run to run. */
export type Normal = JsonObject;

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const age = /^\d+s$/;
const jwt = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

interface Reader {
  readonly versions: Versions;
  text(text: string): Json;
  /** A cell of a Table, which may be an age. */
  cell(value: Json): Json;
  /** A time that an object keeps: whether it is still the first that was seen at this place of this object. */
  lasting(place: string, time: string): Json;
}

/** Names uids by first occurrence, tells times that changed, and leaves alone what the case itself has sent. */
function createReader(sent: string, versions: Versions): Reader {
  const uids = new Map<string, string>();
  const uidName = (uid: string) => {
    if (sent.includes(uid)) return uid;
    const name = uids.get(uid) ?? `<uid ${uids.size + 1}>`;
    uids.set(uid, name);
    return name;
  };
  const text = (value: string): Json => {
    if (jwt.test(value)) return claims(value);
    if (sent.includes(value)) return value;
    const [isTime, fraction = ''] = time.exec(value) ?? [];
    if (isTime) return fraction === '' ? '<time>' : `<time with ${fraction.length - 1} decimals>`;
    return versions.inText(value).replace(uuid, uidName);
  };
  const times = new Map<string, string>();
  const reader: Reader = {
    versions,
    text,
    cell: (value) => (typeof value === 'string' && age.test(value) ? '<age>' : json(value, reader)),
    lasting(place, value) {
      const first = times.get(place) ?? value;
      times.set(place, first);
      return first === value || sent.includes(value) ? text(value) : '<another time>';
    },
  };
  const claims = (token: string) => object(claimsOf(token), reader);
  return reader;
}

function nameOf(metadata: JsonObject): Json | undefined {
  const { name, generateName: prefix } = metadata;
  if (typeof name !== 'string' || typeof prefix !== 'string' || !name.startsWith(prefix)) return name;
  const suffix = name.slice(prefix.length);
  return /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(suffix) ? `${prefix}<suffix>` : name;
}

function timesOf(metadata: JsonObject, reader: Reader): JsonObject {
  const times = ['creationTimestamp', 'deletionTimestamp'].flatMap((name): [string, Json][] => {
    const { uid, [name]: time } = metadata;
    if (typeof uid !== 'string' || typeof time !== 'string') return [];
    return [[name, reader.lasting(`${name} of ${uid}`, time)]];
  });
  return Object.fromEntries(times);
}

/** What the metadata belongs to. A TokenRequest has the uid of its account, but is created at every call anew. */
interface Owner {
  readonly kind: Json | undefined;
  readonly isCollection: boolean;
}

function metadataOf(metadata: JsonObject, { kind, isCollection }: Owner, reader: Reader): JsonObject {
  const { managedFields: _managed, resourceVersion: version, continue: token, ...rest } = metadata;
  const name = nameOf(metadata);
  return {
    ...object({ ...rest, ...(name !== undefined && { name }) }, reader),
    ...(kind !== 'TokenRequest' && timesOf(metadata, reader)),
    ...(typeof version === 'string' && { resourceVersion: reader.versions.name(version, isCollection) }),
    ...(token !== undefined && { continue: token === '' ? '' : '<token>' }),
  };
}

function object(value: JsonObject, reader: Reader): JsonObject {
  const owner = { kind: value.kind, isCollection: versionsAreOfCollection(value) };
  const members = Object.entries(value).map(([key, member]): [string, Json] => {
    if (key === 'metadata' && isObject(member)) return [key, metadataOf(member, owner, reader)];
    if (key === 'cells' && Array.isArray(member)) return [key, member.map(reader.cell)];
    return [key, json(member ?? null, reader)];
  });
  return sortResources(sortCauses(Object.fromEntries(members)));
}

function json(value: Json, reader: Reader): Json {
  if (typeof value === 'string') return reader.text(value);
  if (Array.isArray(value)) return value.map((item) => json(item, reader));
  return isObject(value) ? object(value, reader) : value;
}

/** Lists, Tables and bookmarks have the version of the whole store, and no uid. */
function versionsAreOfCollection({ metadata }: JsonObject): boolean {
  return isObject(metadata) && metadata.uid === undefined;
}

/** The real server walks maps in random order when it validates, so that the order of several causes says nothing. */
function sortCauses(status: JsonObject): JsonObject {
  const { kind, message, details } = status;
  const causes = asArray(asObject(details).causes);
  if (kind !== 'Status' || typeof message !== 'string' || causes.length < 2) return status;
  const words = (cause: Json) => `${String(asObject(cause).field)}: ${String(asObject(cause).message)}`;
  const sorted = causes.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const list = (of: Json[]) => `[${of.map(words).join(', ')}]`;
  return {
    ...status,
    message: message.replace(list(causes), () => list(sorted)),
    details: { ...asObject(details), causes: sorted },
  };
}

/** Definitions are discovered in the order in which they became known. */
function sortResources(list: JsonObject): JsonObject {
  if (list.kind !== 'APIResourceList') return list;
  const named = (resource: Json) => String(asObject(resource).name);
  return { ...list, resources: asArray(list.resources).toSorted((a, b) => (named(a) < named(b) ? -1 : 1)) };
}

/** Replaces uids, times, versions, tokens and generated suffixes by names that say how they relate within the case. */
export function normalise(answers: readonly Answer[], story: Case): Normal[] {
  const reader = createReader(JSON.stringify(story.steps), createVersions(answers));
  return answers.map(({ status, contentType, warning, body, events, ended }) => ({
    status,
    contentType,
    ...(warning !== undefined && { warning }),
    ...(body !== undefined && { body: json(body, reader) }),
    ...(events !== undefined && { events: json(events, reader), ended: ended === true }),
  }));
}
