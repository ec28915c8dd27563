import { stringify } from 'yaml';

/** How to reach an API server as somebody. */
export interface Access {
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly token: string;
  readonly namespace?: string;
}

/** A kubeconfig as YAML. */
export function kubeconfigOf({ server, ca, token, namespace = 'default' }: Access): string {
  const name = 'e2e';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': btoa(ca) } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  });
}
