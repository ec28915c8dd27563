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
    type: 'APIO';
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
