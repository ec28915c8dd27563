import { expect } from 'vitest';
import { NAME, type Rows } from './row.ts';

/** How Prometheus and Grafana are told. */
export const MONITORING: Rows = {
  'metrics.serviceMonitor.enabled': {
    says: 'has Prometheus read the metrics',
    set: true,
    see: `ServiceMonitor ${NAME}: spec.endpoints.0.port`,
    is: 'metrics',
  },
  'metrics.serviceMonitor.labels': {
    says: 'are what Prometheus selects',
    set: { prometheus: 'main' },
    see: `ServiceMonitor ${NAME}: metadata.labels.prometheus`,
    is: 'main',
  },
  'metrics.serviceMonitor.interval': {
    says: 'is how often',
    set: '1m',
    see: `ServiceMonitor ${NAME}: spec.endpoints.0.interval`,
    is: '1m',
  },
  'metrics.serviceMonitor.scrapeTimeout': {
    says: 'is how long it waits',
    set: '5s',
    see: `ServiceMonitor ${NAME}: spec.endpoints.0.scrapeTimeout`,
    is: '5s',
  },
  'metrics.prometheusRule.enabled': {
    says: 'brings the alerts',
    set: true,
    see: `PrometheusRule ${NAME}: spec.groups.0.rules.0.alert`,
    is: 'RotationStalled',
  },
  'metrics.prometheusRule.labels': {
    says: 'are what Prometheus selects',
    set: { prometheus: 'main' },
    see: `PrometheusRule ${NAME}: metadata.labels.prometheus`,
    is: 'main',
  },
  'metrics.prometheusRule.runbooks': {
    says: 'is where alerts send people',
    set: 'https://wiki.example/runbooks/',
    see: `PrometheusRule ${NAME}: spec.groups.0.rules.0.annotations.runbook_url`,
    is: 'https://wiki.example/runbooks/RotationStalled.md',
  },
  'metrics.prometheusRule.cluster': {
    says: 'tells whose pods NoLeader misses',
    set: 'west',
    see: 'PrometheusRule second: spec.groups.0.rules.6.expr',
    is: expect.stringContaining(
      'absent(apikeyrotation_leader{namespace="apikey-rotation", service="second-metrics", cluster="west"})',
    ),
    alone: { fullnameOverride: 'second', metrics: { prometheusRule: { enabled: true } } },
  },
  'metrics.dashboard.enabled': {
    says: 'brings the dashboard',
    set: true,
    see: `ConfigMap ${NAME}-dashboard: data.${NAME}~json`,
    is: expect.stringContaining('"title": "API key rotation"'),
  },
  'metrics.dashboard.labels.grafana_dashboard': {
    says: 'is what Grafana selects',
    set: 'yes',
    see: `ConfigMap ${NAME}-dashboard: metadata.labels.grafana_dashboard`,
    is: 'yes',
  },
  'metrics.dashboard.annotations': {
    says: 'choose the folder',
    set: { folder: 'keys' },
    see: `ConfigMap ${NAME}-dashboard: metadata.annotations`,
    is: { folder: 'keys' },
  },
};
