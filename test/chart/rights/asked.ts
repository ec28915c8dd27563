/** A request that somebody made, as the API server's authorizer saw it. */
export interface Request {
  readonly verb: string;
  /** Empty for core/v1. */
  readonly group: string;
  /** With its subresource: `serviceaccounts/token`. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly isAllowed: boolean;
  /** What allowed it: `RoleBinding "apikey-rotation/team"`; empty where nothing did. */
  readonly by: string;
}

interface Entry {
  readonly verb: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The requests for objects in an audit log, in order; what asks for no object (`/version`) is left out. */
export function requestsOf(auditLog: string): readonly Request[] {
  const lines = auditLog.split('\n').filter((line) => line.endsWith('}'));
  return lines.flatMap((line) => toRequest(JSON.parse(line) as Entry));
}

function toRequest({ verb, objectRef, annotations = {} }: Entry): Request[] {
  if (objectRef?.resource === undefined) return [];
  const { apiGroup: group = '', resource, subresource, namespace, name } = objectRef;
  const [, by = ''] = /allowed by (\w+ "[^"]*")/.exec(annotations['authorization.k8s.io/reason'] ?? '') ?? [];
  return [
    {
      verb,
      group,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      namespace,
      name,
      isAllowed: annotations['authorization.k8s.io/decision'] === 'allow',
      by,
    },
  ];
}
