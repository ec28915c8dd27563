import { errorSchema } from './json-app.ts';

const consumer = { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' } as const;
const fingerprint = { type: 'string', pattern: '^[0-9a-f]{16}$' } as const;

const params = {
  type: 'object',
  required: ['namespace', 'name'],
  properties: {
    namespace: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' },
    name: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' },
  },
} as const;

const expected = {
  uid: { type: 'string' },
  revision: { type: 'integer' },
  consumer: { type: 'string' },
  fingerprint: { type: 'string' },
} as const;

const errors = {
  '4xx': errorSchema,
  '5xx': errorSchema,
} as const;

/** `POST /v1/namespaces/:namespace/rotations/:name/reports`. */
export const reportSchema = {
  params,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['fingerprint'],
    properties: { consumer, fingerprint, proof: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        ...expected,
        state: { type: 'string', enum: ['Migrated', 'Current', 'Superseded'] },
        recorded: { type: 'array', items: { type: 'string' } },
      },
    },
    ...errors,
  },
} as const;

/** `GET /v1/namespaces/:namespace/rotations/:name`. */
export const expectedSchema = {
  params,
  querystring: { type: 'object', additionalProperties: false, properties: { consumer } },
  response: {
    200: {
      type: 'object',
      properties: { ...expected, state: { type: 'string', enum: ['Current', 'Pending', 'Migrated'] } },
    },
    ...errors,
  },
} as const;

/** The path of one rotation, as the schemas admit it. */
export interface RotationParams {
  namespace: string;
  name: string;
}

/** The body of a report, as the schema admits it. */
export interface ReportBody {
  consumer?: string;
  fingerprint: string;
  proof?: string;
}
