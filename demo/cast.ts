/** Who plays: names as in examples/demo/*.yaml. */
export const NAMESPACE = 'demo';
export const ROTATION = 'payments';
export const VAULT_MOUNT = 'secret';
export const VAULT_PATH = 'payments/apio';
export const VAULT_FIELDS = { key: 'API_KEY', revision: 'API_KEY_REVISION', rotationUID: 'ROTATION_UID' } as const;
export const VAULT_KEY_ID_FIELD = 'API_KEY_ID';
/** The issuing API's name for who the keys belong to. */
export const ORGANIZATION = 'acme';

/** Each is a ServiceAccount with two pods. */
export const CONSUMERS = ['payments-api', 'ledger', 'reporting'] as const;
/** Takes its time in the requested rotation. */
export const SLOW_CONSUMER = 'reporting';
/** The revision in which it does. */
export const SLOW_REVISION = 2;

/** One pod: a data object in Kubernetes, and a process on this machine that acts as it. */
export interface Pod {
  readonly name: string;
  readonly consumer: (typeof CONSUMERS)[number];
}

/** All of them, in the order of the consumers. */
export const PODS: readonly Pod[] = CONSUMERS.flatMap((consumer) =>
  [0, 1].map((number) => ({ name: `${consumer}-${number}`, consumer })),
);

/** What starts each rotation of the story, in order; the names are those of `status.history`. */
export const TRIGGERS = ['FirstIssue', 'Requested', 'KeyChanged'] as const;
