import { parseAllDocuments } from 'yaml';
import type { Answer, ControlPlane } from '../components/control-plane.ts';

/** As much of an object as tests look at. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

/** What a person does with kubectl, over the API, as the administrator. Everything throws where the server refuses. */
export interface Cluster {
  /** Creates or merges each document. */
  apply(yaml: string): Promise<void>;
  get<T extends ClusterObject>(path: string): Promise<T | undefined>;
  list<T extends ClusterObject>(path: string): Promise<readonly T[]>;
  /** JSON merge patch. */
  patch(path: string, patch: object): Promise<void>;
  remove(path: string): Promise<void>;
  /** A token of a ServiceAccount, as the kubelet would project it; without a spec one for the API server. */
  token(account: { readonly namespace: string; readonly name: string }, spec?: object): Promise<string>;
}

/** Plurals that are not the kind in lower case with an s. */
const PLURALS: Readonly<Record<string, string>> = {
  Ingress: 'ingresses',
  NetworkPolicy: 'networkpolicies',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
};
const CLUSTER_WIDE = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterApiKeyIssuer',
  'ClusterKeyStore',
  'CustomResourceDefinition',
  'FlowSchema',
  'Node',
  'PriorityLevelConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** The path of an object's collection. */
export function collectionOf({ apiVersion, kind, metadata }: ClusterObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return CLUSTER_WIDE.has(kind)
    ? `${root}/${plural}`
    : `${root}/namespaces/${metadata.namespace ?? 'default'}/${plural}`;
}

/** Talks to a plane as its administrator. */
export function createCluster({ request }: Pick<ControlPlane, 'request'>): Cluster {
  async function ask(method: string, path: string, body?: object, contentType?: string): Promise<Answer> {
    const answer = await request(method, path, body, contentType === undefined ? {} : { contentType });
    if (answer.status < 300 || answer.status === 404) return answer;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${messageOf(answer.body)}`);
  }
  const patch = async (path: string, change: object) => {
    const { status } = await ask('PATCH', path, change, 'application/merge-patch+json');
    if (status === 404) throw new Error(`there is no ${path}`);
  };
  async function applyObject(object: ClusterObject): Promise<void> {
    const collection = collectionOf(object);
    const { status, body } = await request('POST', collection, object);
    if (status === 409) await patch(`${collection}/${object.metadata.name}`, object);
    else if (status >= 300) throw new Error(`${collection} ${object.metadata.name}: ${status} ${messageOf(body)}`);
  }
  return {
    async apply(yaml) {
      for (const document of parseAllDocuments(yaml)) {
        const object = document.toJS() as ClusterObject | null;
        if (object) await applyObject(object);
      }
    },
    async get<T extends ClusterObject>(path: string) {
      const { status, body } = await ask('GET', path);
      return status === 404 ? undefined : (body as T);
    },
    async list<T extends ClusterObject>(path: string) {
      const { items = [] } = (await ask('GET', path)).body as { items?: readonly T[] };
      return items;
    },
    patch,
    remove: async (path) => void (await ask('DELETE', path)),
    async token({ namespace, name }, spec = {}) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const { body } = await ask('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
      return (body as { status: { token: string } }).status.token;
    },
  };
}

function messageOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
}
