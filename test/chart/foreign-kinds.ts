import type { ClusterObject } from '../e2e/world/cluster.ts';

/** The fields of a map, each with those of what is in it: a list's are those of its members; `Any` is looked into no further. */
type Fields = { readonly [name: string]: Fields | 'Any' };

const SELECTOR: Fields = { matchLabels: 'Any', matchExpressions: 'Any' };

/**
 * The kinds of others that the chart renders, which no API server here knows, with the fields of theirs that it may use: as the types of
 * prometheus-operator (monitoring.coreos.com/v1) and cert-manager (cert-manager.io/v1) are published.
 */
export const FOREIGN_KINDS: Readonly<Record<string, { readonly apiVersion: string; readonly spec: Fields }>> = {
  ServiceMonitor: {
    apiVersion: 'monitoring.coreos.com/v1',
    spec: {
      jobLabel: 'Any',
      namespaceSelector: { any: 'Any', matchNames: 'Any' },
      selector: SELECTOR,
      endpoints: { port: 'Any', path: 'Any', interval: 'Any', scrapeTimeout: 'Any', honorLabels: 'Any' },
    },
  },
  PrometheusRule: {
    apiVersion: 'monitoring.coreos.com/v1',
    spec: {
      groups: {
        name: 'Any',
        interval: 'Any',
        rules: { alert: 'Any', expr: 'Any', for: 'Any', labels: 'Any', annotations: 'Any' },
      },
    },
  },
  Certificate: {
    apiVersion: 'cert-manager.io/v1',
    spec: {
      secretName: 'Any',
      issuerRef: { name: 'Any', kind: 'Any', group: 'Any' },
      dnsNames: 'Any',
      usages: 'Any',
      duration: 'Any',
      renewBefore: 'Any',
      privateKey: { algorithm: 'Any', size: 'Any', rotationPolicy: 'Any' },
    },
  },
};

/** What is wrong with an object of a foreign kind: fields that its kind does not have. */
export function strangeFields(object: ClusterObject): readonly string[] {
  const published = FOREIGN_KINDS[object.kind];
  if (published?.apiVersion !== object.apiVersion) return [`apiVersion ${object.apiVersion}`];
  const { apiVersion, kind, metadata, ...rest } = object;
  return strange(rest, { spec: published.spec }, kind);
}

function strange(value: unknown, fields: Fields | 'Any', path: string): readonly string[] {
  if (fields === 'Any') return [];
  if (Array.isArray(value)) return value.flatMap((member) => strange(member, fields, path));
  return Object.entries(value ?? {}).flatMap(([name, inner]) => {
    const known = fields[name];
    return known === undefined ? [`${path}.${name}`] : strange(inner, known, `${path}.${name}`);
  });
}
