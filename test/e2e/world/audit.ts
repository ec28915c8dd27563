import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { OPERATOR } from '../../integration/documented-roles.ts';

/** A request of the operator that RBAC refused. */
export interface Denial {
  readonly verb: string;
  /** Path with query. */
  readonly uri: string;
  /** Of the object; undefined for what has none. */
  readonly namespace: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The API server's own record of what the operator asked for. */
export interface Audit {
  /** For the API server. */
  readonly flags: readonly string[];
  /** What was refused for want of a Role, in order. */
  denials(): Promise<readonly Denial[]>;
  /** The whole log: who asked for what, under which address. */
  text(): Promise<string>;
  close(): Promise<void>;
}

const POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- {level: Metadata, users: ["system:serviceaccount:${OPERATOR.namespace}:${OPERATOR.name}"]}
- {level: None}
`;

interface Entry {
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly objectRef?: { readonly namespace?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Prepares it; the API server begins the log when it starts. */
export async function prepareAudit(): Promise<Audit> {
  const folder = await mkdtemp(`${tmpdir()}/akr-audit-`);
  const [policy, log] = [`${folder}/policy.yaml`, `${folder}/audit.log`];
  await writeFile(policy, POLICY);
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    text: () => readFile(log, 'utf8'),
    async denials() {
      const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line.endsWith('}'));
      return lines
        .map((line) => JSON.parse(line) as Entry)
        .filter(isDenied)
        .map(toDenial);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A 403 of admission (into a namespace that ends, say) is no matter of Roles. */
const isDenied = ({ annotations }: Entry) => annotations?.['authorization.k8s.io/decision'] === 'forbid';

const toDenial = ({ verb, requestURI: uri, objectRef, requestReceivedTimestamp }: Entry): Denial => ({
  verb,
  uri,
  namespace: objectRef?.namespace,
  at: Date.parse(requestReceivedTimestamp),
});
