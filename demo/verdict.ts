import { PODS, SLOW_CONSUMER, TRIGGERS } from './cast.ts';
import type { Leak } from './leak-scan.ts';
import type { AcceptedReport, RotationRecord } from './rotations.ts';

/** What one consumer process counted. */
export interface PodCounts {
  readonly pod: string;
  readonly calls: number;
  /** Answers other than 2xx, and calls without answer. */
  readonly failed: number;
  /** How often each kind of failure was met: `401`, `ECONNRESET`. */
  readonly failures: Readonly<Record<string, number>>;
  /** From its first call to its last. */
  readonly seconds: number;
}

/** Everything the verdict is based on. Nothing in it is the operator's word but `slowConsumerNamed`. */
export interface Findings {
  /** Why the story did not come to its end. */
  readonly problem: string | undefined;
  readonly rotations: readonly RotationRecord[];
  readonly reports: readonly AcceptedReport[];
  readonly pods: readonly PodCounts[];
  /** Calls that the issuing API accepted, by its own count. */
  readonly acceptedCalls: number;
  /** What the issuing API answers to a call with each old key. */
  readonly oldKeys: readonly { readonly keyID: string; readonly status: number }[];
  readonly liveKeys: readonly string[];
  /** The key that Vault serves: the id beside it, and the id that the issuing API knows its text by. */
  readonly served: { readonly statedID: string | undefined; readonly keyID: string | undefined };
  /** While it was waited for, the object said so. */
  readonly slowConsumerNamed: boolean;
  readonly leaks: readonly Leak[];
}

/** What every process must reach: 50 calls a second, less what a busy machine may take. */
const CALLS_PER_SECOND = 50;
const TOLERANCE = 0.8;

type Rule = (findings: Findings) => readonly string[];

/** Every promise that was broken, and what the demo did not show, a sentence each; empty when all is well. */
export function violationsOf(findings: Findings): readonly string[] {
  return [...brokenPromises(findings), ...SHOWN.flatMap((rule) => rule(findings))];
}

/** Every promise that was broken, a sentence each; empty when all were kept. */
export function brokenPromises(findings: Findings): readonly string[] {
  return PROMISES.flatMap((rule) => rule(findings));
}

const storyEnds: Rule = ({ problem }) => (problem === undefined ? [] : [`The story did not end: ${problem}.`]);

const rotationsHappen: Rule = ({ rotations }) => {
  const seen = rotations.map(({ trigger }) => trigger).join(', ');
  return seen === TRIGGERS.join(', ') ? [] : [`Expected the rotations ${TRIGGERS.join(', ')}, saw ${seen || 'none'}.`];
};

const noCallFails: Rule = ({ pods }) =>
  pods
    .filter(({ failed }) => failed > 0)
    .map(({ pod, calls, failed, failures }) => {
      const kinds = Object.entries(failures).map(([kind, count]) => `${count} x ${kind}`);
      return `${failed} of ${calls} calls of ${pod} failed: ${kinds.join(', ')}.`;
    });

const enoughCalls: Rule = ({ pods }) => {
  const silent = PODS.filter(({ name }) => !pods.some(({ pod }) => pod === name));
  const [calls, seconds] = [sum(pods.map((pod) => pod.calls)), sum(pods.map((pod) => pod.seconds))];
  const needed = Math.ceil(TOLERANCE * CALLS_PER_SECOND * seconds);
  return [
    ...silent.map(({ name }) => `${name} did not say how many calls it made.`),
    ...(calls >= needed
      ? []
      : [`The consumers made ${calls} calls in ${seconds.toFixed(1)} s together: ${needed} are needed.`]),
  ];
};

const countsAgree: Rule = ({ pods, acceptedCalls }) => {
  const counted = sum(pods.map(({ calls, failed }) => calls - failed));
  return counted === acceptedCalls
    ? []
    : [`The consumers count ${counted} accepted calls, the issuing API ${acceptedCalls}.`];
};

const oldKeysAreDead: Rule = ({ rotations, oldKeys }) => [
  ...rotations.slice(1).flatMap(({ revokedKeyID, trigger }, index) => {
    const expected = rotations[index]?.issuedKeyID;
    return revokedKeyID === expected ? [] : [`The old key ${expected} of the rotation ${trigger} was not revoked.`];
  }),
  ...oldKeys
    .filter(({ status }) => status !== 401)
    .map(({ keyID, status }) => `The old key ${keyID} is answered ${status || 'not at all'} instead of 401.`),
];

const everyPodReported: Rule = ({ rotations, reports }) =>
  rotations.slice(1).flatMap(({ trigger }, index) => {
    const heard = reports.filter(({ revision }) => revision === index + 2).map(({ pod }) => pod);
    const missing = PODS.filter(({ name }) => !heard.includes(name)).map(({ name }) => name);
    return missing.length === 0 ? [] : [`No report of ${missing.join(', ')} was accepted in the rotation ${trigger}.`];
  });

const noKeyDiesEarly: Rule = ({ rotations }) =>
  rotations
    .filter(({ revokedAt, lastReportAt }) => revokedAt !== null && (lastReportAt === null || revokedAt <= lastReportAt))
    .map(({ revokedKeyID, revokedAt, lastReportAt }) => {
      const last = lastReportAt === null ? 'without any report' : `before the last report at ${lastReportAt}`;
      return `The old key ${revokedKeyID} died at ${revokedAt}, ${last}.`;
    });

const storeServesLiveKey: Rule = ({ served, liveKeys }) => [
  ...(liveKeys.length === 1 ? [] : [`${liveKeys.length} keys are alive (${liveKeys.join(', ')}) instead of one.`]),
  ...(served.keyID !== undefined && liveKeys.includes(served.keyID) && served.statedID === served.keyID
    ? []
    : [`Vault serves the key ${served.keyID ?? 'of nobody'} under the id ${served.statedID}: not the live key.`]),
];

const slowConsumerIsNamed: Rule = ({ slowConsumerNamed }) =>
  slowConsumerNamed ? [] : [`${SLOW_CONSUMER} was not named while it was waited for.`];

const nothingLeaks: Rule = ({ leaks }) => leaks.map(({ channel, keyID }) => `${channel} holds the text of ${keyID}.`);

/** What must hold however the operator fares. */
const PROMISES: readonly Rule[] = [
  storyEnds,
  rotationsHappen,
  noCallFails,
  countsAgree,
  oldKeysAreDead,
  everyPodReported,
  noKeyDiesEarly,
  storeServesLiveKey,
  nothingLeaks,
];

/** What the demo wants to show besides, at its own pace. */
const SHOWN: readonly Rule[] = [enoughCalls, slowConsumerIsNamed];

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
