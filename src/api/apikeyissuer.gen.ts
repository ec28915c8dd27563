// Generated from crds/ by `npm run generate`; do not edit.
import type {ObjectMeta} from '../runtime/kube/kube-api.ts';

/**
 * ApiKeyIssuer tells how to reach an API that issues and revokes keys.
 */
export interface ApiKeyIssuer {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec: {
    type: 'APIO' | 'HTTP' | 'Support';
    apio?: {
      /**
       * The issuer's worlds. A key belongs to exactly one of them.
       *
       * @minItems 1
       * @maxItems 8
       */
      environments: {
        name: string;
        /**
         * Origin of the API of this environment, without a path.
         */
        url: string;
        /**
         * Where the operator's own API key for this environment is.
         */
        credentials: {
          /**
           * A key of a Secret in this namespace.
           */
          secretRef: {
            name: string;
            key: string;
          };
        };
      }[];
    };
    /**
     * People issue and revoke the keys. What they are asked for stands in the rotation's status and in an event, and is sent to webhook. They give the key in Secret `<rotation>-delivered-key` in this namespace: fields key and keyID. docs/issuers-support.md has the commands.
     */
    support?: {
      /**
       * The worlds that keys are issued for. A key belongs to exactly one of them.
       *
       * @minItems 1
       * @maxItems 8
       */
      environments: {
        name: string;
        /**
         * Where a key is shown to see whether it works in this environment: GET with `Authorization: Bearer`, which answers 2xx to a living key and 401 to any other. Without it the word of people is believed.
         */
        probe?: {
          /**
           * Origin of the API of this environment, without a path. Keys go there and nowhere else.
           */
          url: string;
          /**
           * Path of a request that changes nothing, for instance /v1/api-keys/self.
           */
          path: string;
          /**
           * Certificates in PEM that url must have been signed by, instead of those that the operator trusts.
           */
          ca?: string;
        };
      }[];
      /**
       * After a request has waited this long, somebody is woken (Stalled).
       */
      expectedWithin: string;
      /**
       * Each request is sent here once it stands in the status, as JSON: {text, rotation, requestID, secretName}. It may come twice, with the same requestID. No key is in it.
       */
      webhook?: {
        /**
         * Origin of the receiver, without a path. The credential goes there and nowhere else.
         */
        url: string;
        /**
         * Path of a request that changes nothing, for instance /v1/api-keys/self.
         */
        path: string;
        /**
         * Certificates in PEM that url must have been signed by, instead of those that the operator trusts.
         */
        ca?: string;
        /**
         * Sent as `Authorization: Bearer`.
         */
        credentials?: {
          /**
           * A key of a Secret in this namespace.
           */
          secretRef: {
            name: string;
            key: string;
          };
        };
      };
    };
    /**
     * Any vendor's API, declared: which requests it takes, and where in its answers things are. Texts of requests may hold {{names}}, which are encoded for their place; there are no functions. examples/issuers has recipes for vendors.
     */
    http?: {
      /**
       * The vendor's worlds. A key belongs to exactly one of them.
       *
       * @minItems 1
       * @maxItems 8
       */
      environments: {
        name: string;
        /**
         * Origin of the API of this environment, without a path. Credentials and keys go there and nowhere else.
         */
        url: string;
        /**
         * Certificates in PEM that url and tokenURL must have been signed by, instead of those that the operator trusts.
         */
        ca?: string;
        /**
         * What names stand for that are the same for every key of this environment, for instance the number of an account: {{values.name}} in requests.
         */
        values?: {
          [k: string]: string;
        };
        /**
         * How the operator shows who it is.
         */
        auth: {
          type: 'Bearer' | 'Basic' | 'Headers' | 'OAuth2';
          /**
           * Sent as `Authorization: Bearer`.
           */
          bearer?: {
            /**
             * A key of a Secret in this namespace.
             */
            secretRef: {
              name: string;
              key: string;
            };
          };
          /**
           * HTTP Basic of user name and password.
           */
          basic?: {
            username: {
              /**
               * A key of a Secret in this namespace.
               */
              secretRef: {
                name: string;
                key: string;
              };
            };
            password: {
              /**
               * A key of a Secret in this namespace.
               */
              secretRef: {
                name: string;
                key: string;
              };
            };
          };
          /**
           * Headers of the vendor's own, for instance DD-API-KEY.
           *
           * @minItems 1
           * @maxItems 4
           */
          headers?: {
            name: string;
            /**
             * A key of a Secret in this namespace.
             */
            secretRef: {
              name: string;
              key: string;
            };
          }[];
          /**
           * OAuth 2.0 client credentials (RFC 6749, 4.4). A token is kept until shortly before it expires.
           */
          oauth2?: {
            /**
             * Where tokens are given out; the client secret goes to its origin and nowhere else.
             */
            tokenURL: string;
            clientID: {
              /**
               * A key of a Secret in this namespace.
               */
              secretRef: {
                name: string;
                key: string;
              };
            };
            clientSecret: {
              /**
               * A key of a Secret in this namespace.
               */
              secretRef: {
                name: string;
                key: string;
              };
            };
            /**
             * How the client shows its secret: by HTTP Basic (when absent) or in the form.
             */
            clientAuthentication?: 'Basic' | 'Form';
            scope?: string;
            /**
             * The API that the token is for, where the vendor asks for it (Auth0 and others).
             */
            audience?: string;
            /**
             * The same as RFC 8707 has it.
             */
            resource?: string;
          };
        };
      }[];
      /**
       * What a rotation has to say in spec.key.parameters; {{parameters.name}} in requests.
       *
       * @maxItems 16
       */
      parameters?: {
        name: string;
        /**
         * A regular expression that the whole value matches: characters, classes as [a-z0-9], and at most three of * + ? {n,m}; no groups, no alternatives.
         */
        pattern: string;
        /**
         * What it is.
         */
        description?: string;
      }[];
      /**
       * How the vendor describes a key. Pointers are JSON Pointers (RFC 6901) into what describes one key.
       */
      key: {
        keyID: string;
        /**
         * What the vendor's ids look like, and its keys do not, as pattern of parameters. Nothing else is taken for an id. Without it an id of 20 characters or more that is as long as its key is taken for that key, and refused.
         */
        keyIDPattern?: string;
        label: string;
        /**
         * Stands between the parts of the label where the vendor takes no slash (when absent) in names.
         */
        labelSeparator?: '/' | '.' | ':' | '_';
        permissions: {
          pointer?: string;
          /**
           * Where each permission is an object, the member that has its name; sent likewise.
           */
          member?: string;
          /**
           * Permissions that the vendor adds of its own accord.
           *
           * @maxItems 16
           */
          ignored?: string[];
          /**
           * Where the vendor gives keys no permissions of their own, what spec.key.permissions has to say.
           *
           * @minItems 1
           * @maxItems 64
           */
          all?: string[];
        };
        organization?: string;
        issuedAt?: string;
        expiresAt?: string;
        /**
         * When the key was used last, where it answers `get`; null, 0 or nothing for never. For consumers with evidence LastUsed.
         */
        lastUsedAt?: string;
        /**
         * What tells that a key is dead. It is alive where nothing here applies.
         *
         * @maxItems 8
         */
        states?: {
          pointer: string;
          /**
           * A text, a number or true, false, null.
           */
          equals: string;
          state: 'Revoked' | 'Expired';
        }[];
      };
      /**
       * How long a key lives from its issue: {{expiresAt}}, {{expiresOn}} and {{lifetimeSeconds}} tell the vendor.
       */
      lifetime?: string;
      /**
       * What the protocol may rely on.
       */
      capabilities?: {
        /**
         * What an issue request that is repeated with the same {{attemptID}} gives: the same answer with the key (Full), the same id without the key (ID), or another key (None, when absent).
         */
        replay?: 'Full' | 'ID' | 'None';
        /**
         * How long after an issue request a repeat is known as one. For ever when absent.
         */
        replayWindow?: string;
        /**
         * How many keys may be alive at once where they are issued. A rotation needs two.
         */
        maxKeys?: number;
        /**
         * How late a use may show in key.lastUsedAt, or how much too early it may be told there: 24h where it is a date.
         */
        usageResolution?: string;
      };
      /**
       * Makes a key. Its answer is the only one that has the key's text.
       */
      issue: {
        request: {
          method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
          /**
           * From the origin on, without a query.
           */
          path: string;
          query?: {
            [k: string]: string;
          };
          headers?: {
            [k: string]: string;
          };
          /**
           * Sent as JSON. A text that is {{permissions}} and nothing else becomes the list of permissions, {{lifetimeSeconds}} a number.
           */
          body?: {};
          /**
           * Sent as application/x-www-form-urlencoded.
           */
          form?: {
            [k: string]: string;
          };
        };
        /**
         * Where the answer describes the key. The whole answer when absent.
         */
        record?: string;
        /**
         * Where the key's text is, in the whole answer.
         */
        key: string;
      };
      /**
       * Shows all keys, or those whose label begins with {{owner}}.
       */
      list?: {
        request: {
          method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
          /**
           * From the origin on, without a query.
           */
          path: string;
          query?: {
            [k: string]: string;
          };
          headers?: {
            [k: string]: string;
          };
          /**
           * Sent as JSON. A text that is {{permissions}} and nothing else becomes the list of permissions, {{lifetimeSeconds}} a number.
           */
          body?: {};
          /**
           * Sent as application/x-www-form-urlencoded.
           */
          form?: {
            [k: string]: string;
          };
        };
        /**
         * Where the list is in the answer.
         */
        items: string;
        /**
         * How the next page is asked for. Without it the first answer has everything.
         */
        paging?: {
          /**
           * LinkHeader has no member: the next page is the link rel="next" (RFC 8288) of the answer's header Link, of the same origin; none ends the list.
           */
          type: 'Cursor' | 'Page' | 'Link' | 'LinkHeader';
          /**
           * The answer has a word that is sent with the next request; none, or an empty page, ends the list.
           */
          cursor?: {
            pointer: string;
            parameter: string;
          };
          /**
           * Pages have numbers; an empty one, or one shorter than size, ends the list.
           */
          page?: {
            parameter: string;
            /**
             * 1 when absent.
             */
            first?: number;
            size?: number;
          };
          /**
           * The answer has the address of the next page, of the same origin; none ends the list.
           */
          link?: {
            pointer: string;
          };
        };
      };
      /**
       * Shows one key. Without it a key is looked for in the list.
       */
      get?: {
        request: {
          method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
          /**
           * From the origin on, without a query.
           */
          path: string;
          query?: {
            [k: string]: string;
          };
          headers?: {
            [k: string]: string;
          };
          /**
           * Sent as JSON. A text that is {{permissions}} and nothing else becomes the list of permissions, {{lifetimeSeconds}} a number.
           */
          body?: {};
          /**
           * Sent as application/x-www-form-urlencoded.
           */
          form?: {
            [k: string]: string;
          };
        };
        /**
         * Where the answer describes the key. The whole answer when absent.
         */
        record?: string;
        /**
         * Status codes that say that there is no such key. 404 when absent.
         *
         * @minItems 1
         * @maxItems 4
         */
        gone?: number[];
      };
      /**
       * Kills a key. That it is dead is then seen by get or list, however long it takes.
       */
      revoke: {
        request: {
          method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
          /**
           * From the origin on, without a query.
           */
          path: string;
          query?: {
            [k: string]: string;
          };
          headers?: {
            [k: string]: string;
          };
          /**
           * Sent as JSON. A text that is {{permissions}} and nothing else becomes the list of permissions, {{lifetimeSeconds}} a number.
           */
          body?: {};
          /**
           * Sent as application/x-www-form-urlencoded.
           */
          form?: {
            [k: string]: string;
          };
        };
        /**
         * Status codes that say that there is no such key. 404 when absent.
         *
         * @minItems 1
         * @maxItems 4
         */
        gone?: number[];
      };
      /**
       * A harmless request with the key itself as credential.
       */
      verify: {
        request: {
          method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
          /**
           * From the origin on, without a query.
           */
          path: string;
          query?: {
            [k: string]: string;
          };
          headers?: {
            [k: string]: string;
          };
          /**
           * Sent as JSON. A text that is {{permissions}} and nothing else becomes the list of permissions, {{lifetimeSeconds}} a number.
           */
          body?: {};
          /**
           * Sent as application/x-www-form-urlencoded.
           */
          form?: {
            [k: string]: string;
          };
        };
        /**
         * How the key is shown.
         */
        credential: {
          type: 'Bearer' | 'Header' | 'Basic';
          header?: {
            name: string;
          };
          /**
           * The key is the password.
           */
          basic?: {
            /**
             * For instance {{keyID}}.
             */
            username: string;
          };
        };
        /**
         * Status codes that say that the key is dead. 401 when absent.
         *
         * @minItems 1
         * @maxItems 4
         */
        rejected?: number[];
        /**
         * Status codes besides 2xx that say that the key is alive: often 403, where it may not do what the request asks for.
         *
         * @minItems 1
         * @maxItems 4
         */
        accepted?: number[];
        /**
         * Where the answer describes the key in full.
         */
        record?: string;
        /**
         * Where the answer has the id of the key.
         */
        keyID?: string;
        /**
         * Where the id is a part of the key's text, as in SG.id.secret.
         */
        keyIDInText?: {
          separator: string;
          part: number;
        };
      };
      /**
       * Shows that the operator's credential works. The first page of the list when absent.
       */
      check?: {
        request: {
          method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
          /**
           * From the origin on, without a query.
           */
          path: string;
          query?: {
            [k: string]: string;
          };
          headers?: {
            [k: string]: string;
          };
          /**
           * Sent as JSON. A text that is {{permissions}} and nothing else becomes the list of permissions, {{lifetimeSeconds}} a number.
           */
          body?: {};
          /**
           * Sent as application/x-www-form-urlencoded.
           */
          form?: {
            [k: string]: string;
          };
        };
      };
    };
  };
  status?: {
    observedGeneration?: number;
    /**
     * @maxItems 8
     */
    conditions?: {
      type: string;
      status: 'True' | 'False' | 'Unknown';
      reason: string;
      message: string;
      observedGeneration?: number;
      lastTransitionTime: string;
    }[];
  };
}
