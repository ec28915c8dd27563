import type { ApiKeyIssuer } from '../../api/types.ts';

/** A vendor's API as `spec.http` of an issuer declares it. */
export type HttpDeclaration = NonNullable<ApiKeyIssuer['spec']['http']>;
/** One request, with `{{names}}` in its texts. */
export type DeclaredRequest = HttpDeclaration['issue']['request'];
/** Where things are in what describes a key. */
export type DeclaredKey = HttpDeclaration['key'];
export type DeclaredAuth = HttpDeclaration['environments'][number]['auth'];
export type DeclaredPaging = NonNullable<NonNullable<HttpDeclaration['list']>['paging']>;
