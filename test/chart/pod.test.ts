import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../src/composition/flags.ts';
import type { Values } from './helm.ts';
import { manifestOf } from './values/manifest.ts';
import { TOGETHER } from './values/together.ts';

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: { readonly fsGroup?: number; readonly runAsUser?: number };
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
}
interface Container {
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: boolean }[];
}

const RELEASES: Readonly<Record<string, Values>> = {
  'as it comes': {},
  'for some namespaces, with TLS': {
    rbac: { namespaces: ['team', 'other'] },
    reports: { tls: { enabled: true, secretName: 'own' } },
  },
  'with all else': TOGETHER,
};

describe.each(Object.entries(RELEASES))('the pod of a release %s', (_name, values) => {
  const pod = async () =>
    (await manifestOf(values)).at('Deployment apikey-rotation-operator: spec.template.spec') as Pod;

  test('starts the operator with arguments that it takes, and gives it the time that it asks for', async () => {
    const { containers, terminationGracePeriodSeconds } = await pod();
    const flags = parseFlags(containers[0].args);
    expect(flags).toMatchObject({ leaderElect: true, leaderElectionNamespace: 'apikey-rotation' });
    expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan((flags?.shutdownGraceMs ?? 0) + 10_000);
  });

  test('writes nowhere, reads what is mounted as a user of its own, and has no token but a projected one', async () => {
    const { containers, securityContext, automountServiceAccountToken } = await pod();
    expect(automountServiceAccountToken).toBe(false);
    expect(containers[0].securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    });
    expect(containers[0].volumeMounts.filter(({ readOnly }) => readOnly !== true)).toEqual([]);
    expect(securityContext.fsGroup).toBe(securityContext.runAsUser);
    expect(securityContext.fsGroup).toBeGreaterThan(0);
  });
});
