import { expect, test } from 'vitest';
import type { Values } from '../helm.ts';
import { manifestOf } from './manifest.ts';
import { NAME } from './rows/row.ts';

const OWN = [
  ...['name', 'instance', 'version', 'component', 'managed-by'].map((name) => `app.kubernetes.io/${name}`),
  'helm.sh/chart',
];
const own = (label: string) => ({ [label]: 'mine' });
const isOwn = (value: string, label: string) => `${value} sets label ${label}, which is the chart's own: take another`;

const REFUSED: readonly (readonly [string, Values, string])[] = [
  ['a name of the installation that ends a label', { installation: 'prod/eu1' }, "'/installation': 'prod/eu1' does"],
  ['a name of the installation that is too long', { installation: 'x'.repeat(64) }, "'/installation': maxLength"],
  [
    'one port for two servers',
    { reports: { port: 8_080 } },
    'reports.port and probes.port are both 8080: give each a port of its own',
  ],
  [
    'an image that two values name',
    { image: { tag: 'v9', digest: `sha256:${'0'.repeat(64)}` } },
    'image.tag and image.digest both say which image runs, and a published chart has the digest of its own: set one of them, and the other to ""',
  ],
  [
    'Secrets by name and all Secrets as targets',
    { rbac: { targets: ['key'], secretTargets: true } },
    'rbac.targets names Secrets that may be written, and rbac.secretTargets allows all: set one of them',
  ],
  [
    'the lifetime of a token that Kubernetes extends',
    { serviceAccount: { tokenExpirationSeconds: 3_607 } },
    'serviceAccount.tokenExpirationSeconds is 3607, which API servers extend to a year (--service-account-extend-token-expiration): take 3600',
  ],
  [
    'the only Secrets that may be read beside all Secrets as targets',
    { rbac: { credentials: ['apio'], secretTargets: true } },
    'rbac.credentials names the only Secrets that may be read, and rbac.secretTargets lets all be read: set one of them, or name the targets in rbac.targets',
  ],
  ['an audience that ends the text of a policy', { flags: { storeAudiences: "vault'" } }, "'/flags/storeAudiences'"],
  ['an empty audience', { flags: { storeAudiences: 'vault,' } }, "'/flags/storeAudiences': 'vault,' does"],
  ['a label that is none', { podLabels: { team: 'of mine' } }, "'/podLabels/team': 'of mine' does not match"],
  ...OWN.map(
    (label) => [`${label} of all objects`, { commonLabels: own(label) }, isOwn('commonLabels', label)] as const,
  ),
  ...['app.kubernetes.io/name', 'app.kubernetes.io/instance'].map(
    (label) => [`${label} of pods`, { podLabels: own(label) }, isOwn('podLabels', label)] as const,
  ),
  ...['serviceMonitor', 'prometheusRule', 'dashboard'].map((object) => {
    const value = `metrics.${object}.labels`;
    return [
      `a label of ${object}`,
      { metrics: { [object]: { labels: own('helm.sh/chart') } } },
      isOwn(value, 'helm.sh/chart'),
    ] as const;
  }),
];

test.each(REFUSED)('the chart refuses %s', async (_what, values, message) => {
  await expect(manifestOf(values)).rejects.toThrow(message);
});

test('a label of the pods wins over the one of all objects, and stands there once', async () => {
  const both = await manifestOf({ commonLabels: { team: 'platform' }, podLabels: { team: 'keys' } });
  const labels = 'metadata.labels.team';
  expect(both.at(`Deployment ${NAME}: ${labels}`)).toBe('platform');
  expect(both.at(`Deployment ${NAME}: spec.template.${labels}`)).toBe('keys');
});
