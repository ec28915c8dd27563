// Generated from crds/ by `npm run generate`; do not edit.
import type {ObjectMeta} from '../runtime/kube/kube-api.ts';

/**
 * MigrationReport is the operator's record of what one reporter has shown: that it uses the key with this fingerprint in this revision. One object a reporter, overwritten at each revision. One of type Approval is written by a person, who says that the consumer does.
 */
export interface MigrationReport {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec: {
    rotationRef: {
      name: string;
      uid: string;
    };
    revision: number;
    consumer: string;
    type: 'Report' | 'Proof' | 'Approval';
    fingerprint: string;
    reporter?: {
      username?: string;
      podName?: string;
      podUID?: string;
    };
    reportedAt?: string;
  };
}
