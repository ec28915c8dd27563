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
    type: 'Vault' | 'AWSSecretsManager' | 'KubernetesSecret';
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
    /**
     * One account in one region; secrets of several regions take a store each.
     */
    awsSecretsManager?: {
      region: string;
      /**
       * Twelve digits; a credential or a secret of another account is refused.
       */
      accountID: string;
      auth: {
        /**
         * PodIdentity, the operator's own, has no member, and is for the namespaces that the operator was started with (--pod-identity-namespaces).
         */
        type: 'Static' | 'IRSA' | 'PodIdentity';
        static?: {
          /**
           * A Secret in this namespace with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where they are temporary.
           */
          secretRef: {
            name: string;
          };
        };
        irsa?: {
          /**
           * A role whose trust policy lets that ServiceAccount in, by the cluster's OIDC provider and the audience sts.amazonaws.com.
           */
          roleARN: string;
          /**
           * A ServiceAccount of this namespace; the operator assumes the role with a fresh token of it.
           */
          serviceAccountName: string;
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
