import { invalid } from '../field-error.ts';
import { asArray, asObject, asString, dig, isObject, type Json } from '../json.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { badRequest, conflict, invalidObject, notFound } from '../status.ts';
import { apiAudience, type Tokens } from './tokens.ts';

const typeMeta = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
const minSeconds = 600;
const defaultSeconds = 3600;

function boundPod(reference: Json, account: KubeObject, findPod: (name: string) => KubeObject | undefined): KubeObject {
  const name = asString(dig(reference, 'name'));
  const uid = asString(dig(reference, 'uid'));
  const subject = { group: '', resource: 'pods', name };
  if (dig(reference, 'kind') !== 'Pod') throw badRequest('the sandbox binds tokens to pods only');
  const pod = findPod(name);
  if (!pod) throw notFound(subject);
  if (dig(pod, 'spec', 'serviceAccountName') !== account.metadata.name) {
    const who = `serviceaccount "${account.metadata.name}"`;
    throw badRequest(`cannot bind token for ${who} to pod running with different serviceaccount name.`);
  }
  if (!uid || uid === pod.metadata.uid) return pod;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict({ ...subject, resource: 'Pod' }, why);
}

/** What a TokenRequest is answered from. */
interface TokenRequestDeps {
  tokens: Tokens;
  /** Milliseconds since the epoch. */
  now: () => number;
  findPod: (name: string) => KubeObject | undefined;
}

/** Answers a TokenRequest for a service account, optionally bound to one of its pods. */
export function answerTokenRequest(
  account: KubeObject,
  body: Json,
  { tokens, now, findPod }: TokenRequestDeps,
): KubeObject {
  const request = asObject(body);
  const seconds = dig(request.spec, 'expirationSeconds') ?? defaultSeconds;
  if (typeof seconds !== 'number' || seconds < minSeconds) {
    const why = 'may not specify a duration less than 10 minutes';
    const subject = { group: 'authentication.k8s.io', resource: 'TokenRequest', name: '' };
    throw invalidObject(subject, [invalid('spec.expirationSeconds', seconds, why)]);
  }
  const asked = asArray(dig(request.spec, 'audiences')).map(asString);
  const audiences = asked.length > 0 ? asked : [apiAudience];
  const reference = dig(request.spec, 'boundObjectRef');
  const pod = isObject(reference) ? boundPod(reference, account, findPod) : undefined;
  const status = tokens.issue({ serviceAccount: account, audiences, expirationSeconds: seconds, pod });
  const { name, namespace, uid } = account.metadata;
  const metadata = { name, namespace, uid, creationTimestamp: timestamp(now()) };
  return {
    ...request,
    ...typeMeta,
    metadata,
    spec: {
      ...(isObject(request.spec) && request.spec),
      audiences,
      expirationSeconds: seconds,
      boundObjectRef: reference ?? null,
    },
    status,
  };
}
