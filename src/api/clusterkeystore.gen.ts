// Generated from crds/ by `npm run generate`; do not edit.
import type {ObjectMeta} from '../runtime/kube/kube-api.ts';

/**
 * ClusterKeyStore tells how to reach a place where consumers read their keys, and which namespaces may read and write which paths of it. Secrets, ConfigMaps and ServiceAccounts that it names are in the operator's namespace (--cluster-resource-namespace).
 */
export interface ClusterKeyStore {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec: {
    type: 'Vault' | 'AWSSecretsManager';
    /**
     * Whether keys of an ApiKeyIssuer may stand here, which who may write in a namespace declares. Without it, only those of ClusterApiKeyIssuers may.
     */
    allowNamespacedIssuers?: boolean;
    /**
     * Which paths of which namespaces are read and written. Without any, none is.
     *
     * @maxItems 64
     */
    grants?: {
      /**
       * Namespaces by name, where * stands for any characters.
       *
       * @minItems 1
       * @maxItems 64
       */
      namespaces: string[];
      /**
       * What a path has to begin with, up to a slash: teams/{{namespace}}/, where {{namespace}} stands for the namespace of the ApiKeyRotation. It holds for reads too.
       */
      pathPrefix: string;
    }[];
    /**
     * When set, keys of any other environment are refused.
     */
    environment?: string;
    vault?: {
      /**
       * Origin of the Vault server, without a path.
       */
      url: string;
      /**
       * Certificates in PEM that url must have been signed by, instead of those that the operator trusts.
       */
      ca?: string;
      /**
       * Where these certificates stand, for those that are renewed; read again every minute.
       */
      caRef?: {
        kind: 'ConfigMap' | 'Secret';
        name: string;
        key: string;
      };
      /**
       * Of Vault Enterprise or OpenBao, from the root: team-a/payments.
       */
      namespace?: string;
      /**
       * Mount of a KV version 2 engine.
       */
      mount: string;
      /**
       * Settings of the mount that are refused otherwise. MaxVersions, it keeps one version only, so that nothing can be rolled back, and an adopted key is not revoked. DeleteVersionAfter, Vault deletes versions by itself, the serving one too unless its key is rotated before.
       *
       * @maxItems 2
       */
      tolerate?: ('MaxVersions' | 'DeleteVersionAfter')[];
      auth: {
        type: 'Kubernetes' | 'JWT' | 'AppRole' | 'Token';
        /**
         * A token that somebody else renews, or that is renewed here where it may be.
         */
        token?: {
          /**
           * A key of a Secret in the operator's namespace.
           */
          secretRef: {
            name: string;
            key: string;
          };
        };
        /**
         * Auth method kubernetes, where Vault asks the API server who a ServiceAccount is.
         */
        kubernetes?: {
          /**
           * kubernetes when absent.
           */
          mount?: string;
          role: string;
          /**
           * A ServiceAccount of the operator's namespace; the operator logs in with a fresh token of it.
           */
          serviceAccountName: string;
          /**
           * vault when absent; one of those that the operator was started with (--store-audiences).
           */
          audience?: string;
        };
        /**
         * Auth method jwt, where Vault checks the signature of a ServiceAccount's token itself.
         */
        jwt?: {
          /**
           * jwt when absent.
           */
          mount?: string;
          role: string;
          /**
           * A ServiceAccount of the operator's namespace; the operator logs in with a fresh token of it.
           */
          serviceAccountName: string;
          /**
           * vault when absent; one of those that the operator was started with (--store-audiences).
           */
          audience?: string;
        };
        /**
         * Auth method approle, for a Vault that does not know this cluster.
         */
        appRole?: {
          /**
           * approle when absent.
           */
          mount?: string;
          roleID: string;
          /**
           * A key of a Secret in the operator's namespace, which holds the secret id.
           */
          secretRef: {
            name: string;
            key: string;
          };
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
         * PodIdentity, the operator's own, has no member, and goes where the operator's namespace is among those that it was started with (--pod-identity-namespaces).
         */
        type: 'Static' | 'IRSA' | 'PodIdentity';
        static?: {
          /**
           * A Secret in the operator's namespace with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where they are temporary.
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
           * A ServiceAccount of the operator's namespace; the operator assumes the role with a fresh token of it.
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
