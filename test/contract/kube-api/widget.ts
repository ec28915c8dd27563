import type { Json, JsonObject } from '../../../sandbox/kube/engine/json.ts';

const text = { type: 'string' };

/** A kind that has one example of each schema feature that the contract is about. */
export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.contract.example.com' },
  spec: {
    group: 'contract.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                'x-kubernetes-validations': [
                  { rule: 'self.size == oldSelf.size', message: 'size is immutable' },
                  { rule: '!has(self.low) || self.low <= self.high', message: 'low must not exceed high' },
                  { rule: 'has(self.low) == has(oldSelf.low)', message: 'low cannot come or go' },
                ],
                properties: {
                  size: { type: 'string', enum: ['S', 'L'] },
                  low: { type: 'integer' },
                  high: { type: 'integer', default: 10, minimum: 1, maximum: 100 },
                  code: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
                  label: { type: 'string', minLength: 2 },
                  ratio: { type: 'number', maximum: 1 },
                  wait: {
                    type: 'string',
                    maxLength: 20,
                    'x-kubernetes-validations': [
                      {
                        rule: "self.matches('^[0-9]+[smh]$') && duration(self) <= duration('24h')",
                        messageExpression: "'wait is at most 24h, not ' + self",
                      },
                    ],
                  },
                  tags: { type: 'array', maxItems: 2, 'x-kubernetes-list-type': 'set', items: text },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: text, count: { type: 'integer' } },
                    },
                  },
                  options: { type: 'object', additionalProperties: text, maxProperties: 2 },
                  port: { 'x-kubernetes-int-or-string': true },
                  anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { phase: text } },
            },
          },
        },
      },
    ],
  },
};

/** A valid Widget with these differences. */
export function widget(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'contract.example.com/v1',
    kind: 'Widget',
    metadata: { name, ...metadata },
    spec: { size: 'S', ...spec },
  };
}

/** A Secret. */
export function secret(name: string, members: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, ...metadata }, ...members };
}

/** A Lease held by someone. */
export function lease(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const times: Json = '2026-01-01T00:00:00.000000Z';
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, ...metadata },
    spec: { holderIdentity: 'one', leaseDurationSeconds: 15, renewTime: times, ...spec },
  };
}
