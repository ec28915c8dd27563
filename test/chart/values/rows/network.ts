import { NAME, type Rows } from './row.ts';

const peer = (name: string) => [{ namespaceSelector: { matchLabels: { team: name } } }];

/** Who talks to the pods, and to whom they talk. */
export const NETWORK: Rows = {
  'networkPolicy.enabled': {
    says: 'closes all ports but two, or not',
    set: false,
    see: `NetworkPolicy ${NAME}`,
    is: undefined,
    alone: {},
  },
  'networkPolicy.reportsFrom': {
    says: 'are who may report',
    set: peer('payments'),
    see: `NetworkPolicy ${NAME}: spec.ingress.0.from`,
    is: peer('payments'),
  },
  'networkPolicy.metricsFrom': {
    says: 'are who may read metrics',
    set: peer('monitoring'),
    see: `NetworkPolicy ${NAME}: spec.ingress.1.from`,
    is: peer('monitoring'),
  },
  'networkPolicy.egress.enabled': {
    says: 'lets out what is named and no more',
    set: true,
    see: `NetworkPolicy ${NAME}: spec.policyTypes`,
    is: ['Ingress', 'Egress'],
  },
  'networkPolicy.egress.apiServer': {
    says: 'is where the API server is',
    set: ['10.0.0.1/32'],
    see: `NetworkPolicy ${NAME}: spec.egress.1.to`,
    is: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
  },
  'networkPolicy.egress.apiServerPorts': {
    says: 'are its ports',
    set: [7_443],
    see: `NetworkPolicy ${NAME}: spec.egress.1.ports`,
    is: [{ port: 7_443 }],
  },
  'networkPolicy.egress.to': {
    says: 'are issuers and stores',
    set: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 443 }] }],
    see: `NetworkPolicy ${NAME}: spec.egress.2.to`,
    is: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
  },
};
