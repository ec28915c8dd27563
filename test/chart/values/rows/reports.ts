import { ARGS, has, NAME, POD, type Rows } from './row.ts';

const TLS = { reports: { tls: { enabled: true, secretName: 'own' } } };

/** How consumers report. */
export const REPORTS: Rows = {
  'reports.port': {
    says: 'is where reports are taken',
    set: 9_000,
    see: `Service ${NAME}: spec.ports.0.port`,
    is: 9_000,
  },
  'reports.service.type': {
    says: 'is how the Service is reached',
    set: 'LoadBalancer',
    see: `Service ${NAME}: spec.type`,
    is: 'LoadBalancer',
  },
  'reports.service.annotations': {
    says: 'are those of the Service',
    set: { internal: 'yes' },
    see: `Service ${NAME}: metadata.annotations`,
    is: { internal: 'yes' },
  },
  'reports.tls.enabled': {
    says: 'serves HTTPS',
    set: true,
    see: ARGS,
    is: has(
      '--reports-tls-cert=/etc/apikey-rotation/tls/tls.crt',
      '--reports-tls-key=/etc/apikey-rotation/tls/tls.key',
    ),
    alone: TLS,
  },
  'reports.tls.secretName': {
    says: 'holds the certificate',
    set: 'own',
    see: `${POD}.volumes.1.secret.secretName`,
    is: 'own',
    alone: TLS,
  },
  'reports.tls.certManager.enabled': {
    says: 'has cert-manager make it',
    set: true,
    see: `Certificate ${NAME}-reports: spec.secretName`,
    is: `${NAME}-reports-tls`,
    alone: { reports: { tls: { enabled: true, certManager: { issuerRef: { name: 'internal' } } } } },
  },
  ...certificate('issuerRef', 'says who signs it', { kind: 'ClusterIssuer', name: 'internal' }),
  ...certificate('duration', 'is how long it is good', '48h'),
  ...certificate('renewBefore', 'is how long before its end it is renewed', '12h'),
  ...certificate(
    'dnsNames',
    'are more names of it',
    ['reports.example.com'],
    has('reports.example.com', `${NAME}.apikey-rotation`, `${NAME}.apikey-rotation.svc`),
  ),
  'reports.ingress.enabled': {
    says: 'lets reports in from outside',
    set: true,
    see: `Ingress ${NAME}-reports: spec.rules.0.http.paths.0.path`,
    is: '/v1/namespaces',
  },
  'reports.ingress.className': {
    says: 'chooses the controller',
    set: 'nginx',
    see: `Ingress ${NAME}-reports: spec.ingressClassName`,
    is: 'nginx',
  },
  'reports.ingress.annotations': {
    says: 'tell it more',
    set: { protocol: 'HTTPS' },
    see: `Ingress ${NAME}-reports: metadata.annotations`,
    is: { protocol: 'HTTPS' },
  },
  'reports.ingress.host': {
    says: 'is what is called, by HTTPS alone',
    set: 'reports.example.com',
    see: `Ingress ${NAME}-reports: spec.tls.0.hosts`,
    is: ['reports.example.com'],
  },
  'reports.ingress.tlsSecretName': {
    says: 'holds its certificate',
    set: 'outside',
    see: `Ingress ${NAME}-reports: spec.tls.0.secretName`,
    is: 'outside',
  },
};

/** A value that goes into the Certificate. */
function certificate(name: string, says: string, set: unknown, is: unknown = set): Rows {
  const certManager = { enabled: true, issuerRef: { name: 'any' } };
  const alone = { reports: { tls: { enabled: true, certManager } } };
  return {
    [`reports.tls.certManager.${name}`]: { says, set, see: `Certificate ${NAME}-reports: spec.${name}`, is, alone },
  };
}
