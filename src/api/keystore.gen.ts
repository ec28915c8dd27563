// Generated from crds/ by `npm run generate`; do not edit.
import type {ObjectMeta} from '../runtime/kube/kube-api.ts';

/**
 * KeyStore tells how to reach a place where consumers read their keys.
 */
export interface KeyStore {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec: {
    type: 'Vault' | 'KubernetesSecret';
    /**
     * When set, keys of any other environment are refused.
     */
    environment?: string;
    vault?: {
      /**
       * Origin of the Vault server, without a path.
       */
      url: string;
      namespace?: string;
      /**
       * Mount of a KV version 2 engine.
       */
      mount: string;
      auth: {
        type: 'Token' | 'JWT';
        token?: {
          /**
           * A key of a Secret in this namespace.
           */
          secretRef: {
            name: string;
            key: string;
          };
        };
        jwt?: {
          /**
           * jwt when absent.
           */
          mount?: string;
          role: string;
          /**
           * A ServiceAccount of this namespace; the operator logs in with a fresh token of it.
           */
          serviceAccountName: string;
          /**
           * vault when absent; one of those that the operator was started with (--store-audiences).
           */
          audience?: string;
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
