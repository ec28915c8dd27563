import type { ApiKeyIssuer } from '../../api/types.ts';

/** `spec.support` of an issuer. */
export type SupportDeclaration = NonNullable<ApiKeyIssuer['spec']['support']>;
