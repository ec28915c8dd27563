import { CallError } from '../../http/call-error.ts';
import { isCertificate } from '../../http/certificate.ts';
import { isSupportedPattern } from '../pattern.ts';
import type { DeclaredRequest, HttpDeclaration } from './declaration.ts';
import { namesIn, wholeName } from './template.ts';

/** Names that any request may use. */
const ANYWHERE = ['environment'];
const OF_ISSUE = ['attemptID', 'label', 'organization'];
const OF_LIFETIME = ['expiresAt', 'expiresOn', 'lifetimeSeconds'];
const OF_KEY = ['keyID'];
const OF_LIST = ['owner'];

/** The client writes these itself, or they would change how a request is read on its way. */
const FRAMING =
  /^(connection|content-(length|type|encoding)|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;
/** These have credentials, which come from Secrets. */
const CREDENTIALS = /^(authorization|cookie)$/i;
const MAX_DEPTH = 8;
const UNSUPPORTED =
  'none of those that are matched; write characters, classes such as [a-z0-9] and at most three of * + ? {n,m}, without groups';

/** A text of a request with the field that it stands in. */
interface DeclaredText {
  readonly field: string;
  readonly text: string;
  /** Whether the text is a value of a JSON body. */
  readonly isJson: boolean;
}

/** The names that have a value in one request; `wholes` become a whole JSON value. */
interface Known {
  readonly texts: readonly string[];
  readonly wholes?: readonly string[];
}

/**
 * Throws CallError InvalidDeclaration naming the field where a declaration uses a name that has no value there, a reserved header, or
 * a body that nobody would write by hand. The schema has checked the rest. `object`: `ApiKeyIssuer payments/grafana`.
 */
export function checkDeclaration(declaration: HttpDeclaration, object: string): void {
  for (const problem of problemsOf(declaration))
    throw new CallError('refused', 'InvalidDeclaration', `${object}: ${problem}`);
}

function* problemsOf(declaration: HttpDeclaration): Iterable<string> {
  const { environments, key, issue, list, get, revoke, verify, check, lifetime, parameters = [] } = declaration;
  for (const { name } of environments.filter(({ ca }) => ca !== undefined && !isCertificate(ca)))
    yield `spec.http.environments ${name}: ca has no certificate that can be read; write all of its PEM text`;
  for (const { name } of parameters.filter(({ pattern }) => !isSupportedPattern(pattern)))
    yield `spec.http.parameters ${name}: pattern is ${UNSUPPORTED}`;
  if (key.keyIDPattern !== undefined && !isSupportedPattern(key.keyIDPattern))
    yield `spec.http.key.keyIDPattern is ${UNSUPPORTED}`;
  for (const { name, auth } of environments)
    for (const header of (auth.headers ?? []).filter((each) => FRAMING.test(each.name)))
      yield `spec.http.environments ${name}: auth.headers ${header.name} is no header for a credential; name the vendor's own`;
  if (FRAMING.test(verify.credential.header?.name ?? ''))
    yield `spec.http.verify.credential.header.name ${verify.credential.header?.name} is no header for a credential; name the vendor's own`;
  const anywhere = [...ANYWHERE, ...valuesOf(environments)];
  const everywhere = [...anywhere, ...parameters.map(({ name }) => `parameters.${name}`)];
  const ofLifetime = lifetime === undefined ? [] : OF_LIFETIME;
  const wholes = ['permissions', ...ofLifetime.filter((name) => name === 'lifetimeSeconds')];
  const ofKey = { texts: [...everywhere, ...OF_KEY] };
  yield* problemsOfRequest('issue', issue.request, { texts: [...everywhere, ...OF_ISSUE, ...ofLifetime], wholes });
  yield* problemsOfRequest('list', list?.request, { texts: [...everywhere, ...OF_LIST] });
  for (const [name, { request }] of Object.entries({ ...(get && { get }), revoke, verify }))
    yield* problemsOfRequest(name, request, ofKey);
  yield* problemsOfRequest('check', check?.request, { texts: anywhere });
  if (!check && list) yield* problemsOfFirstPage(list.request);
  yield* problemsOfIdentity(verify);
  const username = verify.credential.basic?.username ?? '';
  const field = 'spec.http.verify.credential.basic.username';
  yield* problemsOfText({ field, text: username, isJson: false }, { texts: OF_KEY });
}

/** The names of values that every environment has. */
function valuesOf([first, ...others]: HttpDeclaration['environments']): readonly string[] {
  const names = Object.keys(first?.values ?? {});
  return names.filter((name) => others.every(({ values = {} }) => name in values)).map((name) => `values.${name}`);
}

/** Whoever writes an id beside a text of his own would have the issuer describe that key, and its death would be decided by his word. */
function* problemsOfIdentity({ request, credential, record, keyID }: HttpDeclaration['verify']): Iterable<string> {
  const field = record === undefined ? 'keyID' : 'record';
  const isPair = namesIn(credential.basic?.username ?? '').includes('keyID');
  if ((record ?? keyID) === undefined || isPair || !namesIn(JSON.stringify(request)).includes('keyID')) return;
  yield `spec.http.verify.${field} is read from an answer about {{keyID}}, which does not say whose credential it came with; ask for the key that is shown, or leave ${field} away`;
}

/** The credential is checked for an issuer, not for one of its rotations: there are no parameters then. */
function* problemsOfFirstPage(request: DeclaredRequest): Iterable<string> {
  const found = textsOf('spec.http.list.request', request).find(({ text }) =>
    namesIn(text).some((name) => name.startsWith('parameters.')),
  );
  if (found)
    yield `${found.field} has a parameter of rotations, so that the list cannot show whether the credential works; declare check, a request without parameters`;
}

function* problemsOfRequest(name: string, request: DeclaredRequest | undefined, known: Known): Iterable<string> {
  if (!request) return;
  const top = `spec.http.${name}.request`;
  const { headers = {}, body } = request;
  for (const header of Object.keys(headers).filter((each) => FRAMING.test(each) || CREDENTIALS.test(each)))
    yield `${top}.headers.${header} is a header that a request may not declare; leave it away, and name credentials in auth`;
  if (isTooDeep(body, MAX_DEPTH)) yield `${top}.body is nested deeper than ${MAX_DEPTH}; make it flatter`;
  else for (const text of textsOf(top, request)) yield* problemsOfText(text, known);
}

function* problemsOfText({ field, text, isJson }: DeclaredText, { texts, wholes = [] }: Known): Iterable<string> {
  if (/\{\{|\}\}/.test(text.replace(/\{\{[^{}]*\}\}/g, '')))
    yield `${field} has {{ or }} without the other; write a name between them`;
  const whole = isJson ? wholeName(text) : undefined;
  if (whole !== undefined && wholes.includes(whole)) return;
  const names = [...texts, ...(isJson ? wholes : [])].map((name) => `{{${name}}}`).join(', ');
  for (const unknown of namesIn(text).filter((name) => !texts.includes(name)))
    yield `${field} has the name ${JSON.stringify(unknown.slice(0, 40))}, which has no value here; write one of ${names}`;
}

function textsOf(top: string, request: DeclaredRequest): readonly DeclaredText[] {
  const flat = (['query', 'headers', 'form'] as const).flatMap((part) =>
    Object.entries(request[part] ?? {}).map(([key, text]) => ({ field: `${top}.${part}.${key}`, text, isJson: false })),
  );
  const inBody = jsonTexts(`${top}.body`, request.body);
  return [{ field: `${top}.path`, text: request.path, isJson: false }, ...flat, ...inBody];
}

/** Vendors that name things after others have members that are called by a name. */
function jsonTexts(field: string, value: unknown): readonly DeclaredText[] {
  if (typeof value === 'string') return [{ field, text: value, isJson: true }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, inner]) => {
    const named = `${field}.${member}`;
    return [{ field: named, text: member, isJson: false }, ...jsonTexts(named, inner)];
  });
}

function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isTooDeep(inner, depth - 1));
}
