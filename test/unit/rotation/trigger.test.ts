import { describe, expect, test } from 'vitest';
import { dueTrigger, type Trigger } from '../../../src/rotation/trigger.ts';
import { factsOf, type Given, ISSUER, idle, PLAN, recorded } from './facts.ts';

const ROTATE = 'apikeyrotation.io/rotate';
const REASON = 'apikeyrotation.io/rotate-reason';
const DUE = { type: 'Valid', due: true, tick: '2030-01-01T03:00:00Z' } as const;
const references = (change: Partial<typeof PLAN>) => ({ type: 'Resolved', plan: { ...PLAN, ...change } }) as const;
const permissions = (...names: string[]) => references({ key: { environment: 'Live', permissions: names } });
const expiring = idle({ current: recorded('k1', { expiresAt: '2030-01-11T12:00:00Z' }) });

const ROWS: Record<string, Given & { trigger: Trigger | undefined }> = {
  'no key yet: first issue': { status: {}, trigger: { type: 'FirstIssue' } },
  'no key yet wins over a request and a tick': {
    status: {},
    annotations: { [ROTATE]: 'a' },
    schedule: DUE,
    trigger: { type: 'FirstIssue' },
  },
  'nothing is asked for': { trigger: undefined },
  'a new token': { annotations: { [ROTATE]: 'a' }, trigger: { type: 'Requested', token: 'a' } },
  'the token handled last': {
    status: idle({ lastHandled: { rotate: 'a' } }),
    annotations: { [ROTATE]: 'a' },
    trigger: undefined,
  },
  'another token than the one handled last': {
    status: idle({ lastHandled: { rotate: 'a' } }),
    annotations: { [ROTATE]: 'b' },
    trigger: { type: 'Requested', token: 'b' },
  },
  'an empty token': { annotations: { [ROTATE]: '' }, trigger: undefined },
  'a token longer than status can hold is cut, and known again by its cut form': {
    status: idle({ lastHandled: { rotate: 'x'.repeat(256) } }),
    annotations: { [ROTATE]: 'x'.repeat(300) },
    trigger: undefined,
  },
  'a reason of several lines, with control characters, is one line of text': {
    annotations: { [ROTATE]: 'a', [REASON]: 'a: lost\n\u001b[2J laptop\u0007' },
    trigger: { type: 'Requested', token: 'a', reason: 'lost [2J laptop' },
  },
  'a reason that names the token': {
    annotations: { [ROTATE]: 'a', [REASON]: 'a: leaver: Kim' },
    trigger: { type: 'Requested', token: 'a', reason: 'leaver: Kim' },
  },
  'a reason left over from another token is not told': {
    annotations: { [ROTATE]: 'b', [REASON]: 'a: leaver' },
    trigger: { type: 'Requested', token: 'b' },
  },
  'a reason is cut to what status can hold': {
    annotations: { [ROTATE]: 'a', [REASON]: `a: ${'r'.repeat(600)}` },
    trigger: { type: 'Requested', token: 'a', reason: 'r'.repeat(512) },
  },
  'a due tick': { schedule: DUE, trigger: { type: 'Scheduled', tick: '2030-01-01T03:00:00Z' } },
  'a tick still to come': { schedule: { type: 'Valid', due: false, next: '2030-02-01T03:00:00Z' }, trigger: undefined },
  'people before plans: a token wins over a change and a tick': {
    annotations: { [ROTATE]: 'a' },
    references: permissions('write'),
    schedule: DUE,
    trigger: { type: 'Requested', token: 'a' },
  },
  'a change of the spec wins over a tick': {
    references: permissions('write'),
    schedule: DUE,
    trigger: { type: 'KeyChanged', reason: 'permissions [read] -> [write]' },
  },
  'a tick wins over an expiry': {
    status: expiring,
    spec: { renewBefore: '240h' },
    schedule: DUE,
    trigger: { type: 'Scheduled', tick: '2030-01-01T03:00:00Z' },
  },
  'the same permissions in another order are no change': {
    status: idle({ current: recorded('k1', { permissions: ['b', 'a'] }) }),
    references: permissions('a', 'b'),
    trigger: undefined,
  },
  'one permission more': {
    references: permissions('write', 'read'),
    trigger: { type: 'KeyChanged', reason: 'permissions [read] -> [read write]' },
  },
  'one permission less': {
    status: idle({ current: recorded('k1', { permissions: ['read', 'write'] }) }),
    trigger: { type: 'KeyChanged', reason: 'permissions [read write] -> [read]' },
  },
  'another organization': {
    status: idle({ current: recorded('k1', { organization: 'acme' }) }),
    references: references({ key: { environment: 'Live', permissions: ['read'], organization: 'other' } }),
    trigger: { type: 'KeyChanged', reason: 'organization acme -> other' },
  },
  'an organization that the spec does not name is no change': {
    status: idle({ current: recorded('k1', { organization: 'acme' }) }),
    trigger: undefined,
  },
  'an issuer at another origin': {
    references: references({ issuer: { ...ISSUER, origin: 'https://new.test' } }),
    trigger: {
      type: 'IssuerChanged',
      reason: 'issuer apio at https://apio.test -> apio at https://new.test',
    },
  },
  'an issuer of another name at the same origin': {
    references: references({ issuer: { ...ISSUER, name: 'other' } }),
    trigger: { type: 'IssuerChanged', reason: 'issuer apio at https://apio.test -> other at https://apio.test' },
  },
  'an issuer of the cluster in the place of one of the namespace': {
    references: references({ issuer: { ...ISSUER, kind: 'ClusterApiKeyIssuer' } }),
    trigger: {
      type: 'IssuerChanged',
      reason: 'issuer ApiKeyIssuer apio at https://apio.test -> ClusterApiKeyIssuer apio at https://apio.test',
    },
  },
  'an issuer of the same name and origin made anew is the same issuer': {
    references: references({ issuer: { ...ISSUER, uid: 'other' } }),
    trigger: undefined,
  },
  'references that do not resolve change nothing': {
    references: { type: 'Unresolved', reason: 'IssuerNotFound', message: 'gone' },
    trigger: undefined,
  },
  'a key that expires within renewBefore': {
    status: expiring,
    spec: { renewBefore: '240h' },
    trigger: { type: 'Expiring', reason: 'key k1 expires at 2030-01-11T12:00:00Z' },
  },
  'a key that expires later': { status: expiring, spec: { renewBefore: '239h59m59s' }, trigger: undefined },
  'a key that expires while nobody asked for a renewal': { status: expiring, trigger: undefined },
};

describe('what starts a rotation', () => {
  test.each(Object.entries(ROWS))('%s', (_sentence, { trigger, ...given }) => {
    expect(dueTrigger(factsOf({ status: idle(), ...given }))).toEqual(trigger);
  });
});
