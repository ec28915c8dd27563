import { Agent, fetch } from 'undici';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { until } from '../components/until.ts';
import { projectedToken, REPORT_AUDIENCE } from './key-loader.ts';
import type { Tenant } from './tenant.ts';
import type { World } from './world.ts';

/** A consumer of one pod that no node runs: this test acts as its container. */
export interface ReportingPod {
  /** Reports a key, once the operator has published it. Resolves when the report was taken. */
  report(rotation: string, key: string): Promise<void>;
}

/** What makes a reporting pod. */
export interface ReportingPodOptions {
  readonly name: string;
  /** Its ServiceAccount. */
  readonly account: string;
  /** Asked for at each report, since operators come and go. */
  readonly reportsURL: () => string;
  /** Asked for at each report: the only certificates that it trusts, in PEM; default: those that everybody does. */
  readonly ca?: () => string;
}

/** Makes the pod. */
export async function createReportingPod(
  { cluster }: World,
  { namespace }: Tenant,
  { name, account, reportsURL, ca }: ReportingPodOptions,
): Promise<ReportingPod> {
  await cluster.apply(`
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}}
spec: {serviceAccountName: ${account}, automountServiceAccountToken: false, containers: [{name: app, image: example.com/app:1}]}
`);
  const token = await projectedToken({ cluster }, { namespace, name, account }, REPORT_AUDIENCE);
  const send = async (rotation: string, key: string) => {
    const dispatcher = ca && new Agent({ connect: { ca: ca() } });
    try {
      const response = await fetch(`${reportsURL()}/v1/namespaces/${namespace}/rotations/${rotation}/reports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fingerprint: fingerprint(new SecretValue(key)) }),
        ...(dispatcher && { dispatcher }),
      });
      await response.body?.cancel();
      return response.status === 200;
    } finally {
      await dispatcher?.close();
    }
  };
  return {
    report: async (rotation, key) => {
      // 425 until the operator has recorded the publication; no answer while it is down.
      await until(() => send(rotation, key), {
        what: `a report of ${namespace}/${name}`,
        timeoutMs: 300_000,
        everyMs: 250,
      });
    },
  };
}
