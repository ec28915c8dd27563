import { stringify } from 'yaml';
import { GROUP } from '../../api/names.ts';
import { isOfCluster } from '../../api/references.ts';
import { stores } from '../../api/resources.ts';
import type { ApiKeyRotation, ConsumerSpec, EvidenceSpec, KeyStoreObject } from '../../api/types.ts';
import type { Command, Session } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import { look } from '../look.ts';
import { findReportsURL } from '../reports-service.ts';
import { getRotation } from '../rotations.ts';

const TOKEN_FOLDER = '/var/run/secrets/apikeyrotation';

export const scaffold: Command = {
  name: 'scaffold',
  summary: 'prints the patch that lets the pods of a consumer report: token, mounts, environment',
  words: 'NAME',
  flags: {
    consumer: { type: 'string', hint: 'NAME', help: 'default: all of them' },
    container: { type: 'string', hint: 'NAME', help: 'of the pod template that uses the key; default app' },
    'reports-url': {
      type: 'string',
      hint: 'URL',
      help: 'of the reports API, as the NOTES of the chart name it; default: that of the Service of the chart',
    },
    audience: { type: 'string', hint: 'NAME', help: `of report tokens, as the operator's flag says; default ${GROUP}` },
  },
  async run(invocation, session) {
    const [name = ''] = invocation.words;
    const rotation = await getRotation(session, name);
    const wanted = consumersOf(rotation, invocation.text('consumer'));
    const settings = {
      container: invocation.text('container') ?? 'app',
      reportsURL: wanted.some(reportOf) ? (invocation.text('reports-url') ?? (await findReportsURL(session))) : '',
      audience: invocation.text('audience') ?? GROUP,
      secrets: await mountableSecrets(session, rotation),
    };
    const patches = wanted.map((consumer) => ({
      consumer: consumer.name,
      says: saysOf(rotation, consumer, settings),
      patch: patchOf(rotation, consumer, settings),
    }));
    session.output.show(patches, () =>
      patches.flatMap(({ says, patch }, at) => [
        ...(at > 0 ? ['---'] : []),
        ...says.map((line) => `# ${line}`),
        ...(patch ? stringify(patch, { lineWidth: 0 }).trimEnd().split('\n') : []),
      ]),
    );
    return EXIT.done;
  },
};

interface Settings {
  readonly container: string;
  /** Empty where nobody reports. */
  readonly reportsURL: string;
  readonly audience: string;
  /** Secrets of the namespace that targets write: pods can mount them. */
  readonly secrets: readonly string[];
}

function consumersOf({ spec }: ApiKeyRotation, wanted: string | undefined): readonly ConsumerSpec[] {
  const all = spec.consumers ?? [];
  const found = all.filter(({ name }) => wanted === undefined || name === wanted);
  if (found.length > 0) return found;
  const names = all.map(({ name }) => name).join(', ') || 'none: it rotates without evidence';
  throw usageError(
    wanted === undefined ? `it has no consumers (${names})` : `it has no consumer ${wanted}; its consumers: ${names}`,
  );
}

/** Stores of the cluster are never of that type. */
async function mountableSecrets({ kube, namespace }: Session, { spec }: ApiKeyRotation): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { storeRef, path } of spec.targets) {
    if (isOfCluster(storeRef)) continue;
    const store = await look(kube.get<KeyStoreObject>({ resource: stores, namespace, name: storeRef.name }));
    if (store !== 'Denied' && store?.spec.type === 'KubernetesSecret') found.push(path);
  }
  return found;
}

function reportOf({ evidence }: Pick<ConsumerSpec, 'evidence'>): EvidenceSpec['report'] {
  return evidence.find(({ type }) => type === 'Report')?.report;
}

/** What stands above the patch. */
function saysOf(
  { metadata }: ApiKeyRotation,
  { name, evidence }: ConsumerSpec,
  { reportsURL }: Settings,
): readonly string[] {
  const whose = `Consumer ${name} of ApiKeyRotation ${metadata.namespace}/${metadata.name}`;
  const isOverTLS = reportOf({ evidence }) !== undefined && reportsURL.startsWith('https:');
  return [
    `${whose}: ${evidence.map(({ type }) => type).join(', ')}.`,
    ...evidence.flatMap((each) => MEANS[each.type]),
    ...(isOverTLS
      ? ['Its pods need the authority of the certificate too: NODE_EXTRA_CA_CERTS, docs/consumers.md.']
      : []),
  ];
}

const MEANS: Readonly<Record<EvidenceSpec['type'], readonly string[]>> = {
  Report: [
    'Its pods report which key they use, with this token. In the program, or by one line of curl: docs/consumers.md.',
    'Apply: kubectl -n NAMESPACE patch deployment WORKLOAD --patch-file THIS-FILE',
  ],
  Proof: ['It proves that it has the key: store rotationUID and revision beside it by spec.targets[].fields.'],
  Rollout: ['Its pods take the key when they start. Nothing has to be added to them.'],
  LastUsed: ['The issuer tells when the keys were used. Nothing has to be added to its pods.'],
  Approval: ['A person approves: kubectl apikey approve --revision N. Nothing has to be added to its pods.'],
};

function patchOf(
  { metadata }: ApiKeyRotation,
  { name, evidence }: ConsumerSpec,
  settings: Settings,
): object | undefined {
  const report = reportOf({ evidence });
  if (!report) return undefined;
  const environment = {
    REPORTS_URL: settings.reportsURL,
    APIKEY_NAMESPACE: metadata.namespace ?? '',
    APIKEY_ROTATION: metadata.name,
    APIKEY_CONSUMER: name,
  };
  const container = {
    name: settings.container,
    env: Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    volumeMounts: [
      { name: 'report-token', mountPath: TOKEN_FOLDER, readOnly: true },
      ...settings.secrets.map((secret, at) => ({
        name: volumeName(at),
        mountPath: `/etc/apikeys/${secret}`,
        readOnly: true,
      })),
    ],
  };
  const token = { path: 'token', audience: settings.audience, expirationSeconds: 600 };
  const volumes = [
    { name: 'report-token', projected: { sources: [{ serviceAccountToken: token }] } },
    ...settings.secrets.map((secret, at) => ({ name: volumeName(at), secret: { secretName: secret } })),
  ];
  const spec = { serviceAccountName: report.serviceAccountName, containers: [container], volumes };
  return { spec: { template: { spec } } };
}

/** Names of Secrets may have dots, those of volumes not. */
function volumeName(at: number): string {
  return at === 0 ? 'api-key' : `api-key-${at + 1}`;
}
