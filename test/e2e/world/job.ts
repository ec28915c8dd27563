/** What the container of a pod does. Stands as JSON in an annotation of the pod, so that pods explain themselves. */
export interface Job {
  /** Name of the ApiKeyRotation. */
  readonly rotation: string;
  /** Name in spec.consumers, and of the Deployment. */
  readonly consumer: string;
  readonly from: KeySource;
  readonly callsPerSecond: number;
  /** It takes the key when it starts, as one that has it in its environment, and tells nobody; default: it follows and reports it. */
  readonly atStartOnly?: boolean;
}

/** Where a container finds its key: a path of Vault below its namespace, or a mounted Secret. */
export type KeySource =
  | { readonly type: 'Vault'; readonly path: string }
  | { readonly type: 'Secret'; readonly name: string };

export const JOB_LABEL = 'e2e.test/crew';
export const JOB_ANNOTATION = 'e2e.test/job';

/** A Deployment named after the consumer, run by the ServiceAccount of the same name. */
export function deploymentOf(namespace: string, job: Job, replicas: number): string {
  const { consumer: name, from, atStartOnly } = job;
  const envFrom = atStartOnly && from.type === 'Secret' ? [{ secretRef: { name: from.name } }] : [];
  const containers = [{ name: 'app', image: 'example.com/app:1', envFrom }];
  const labels = { app: name, [JOB_LABEL]: 'member' };
  const annotations = { [JOB_ANNOTATION]: JSON.stringify(job) };
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: ${JSON.stringify({ labels, annotations })}
    spec: {serviceAccountName: ${name}, automountServiceAccountToken: false, containers: ${JSON.stringify(containers)}}
`;
}
