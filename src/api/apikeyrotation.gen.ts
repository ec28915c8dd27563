// Generated from crds/ by `npm run generate`; do not edit.
import type {ObjectMeta} from '../runtime/kube/kube-api.ts';

/**
 * ApiKeyRotation declares one API key. The operator issues it, publishes it to every target, and on each rotation revokes the old key only after every consumer has proved that it uses the new one.
 */
export interface ApiKeyRotation {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec: {
    /**
     * What issues and revokes the key: an ApiKeyIssuer in this namespace, or a ClusterApiKeyIssuer that grants it.
     */
    issuerRef: {
      /**
       * ApiKeyIssuer when absent.
       */
      kind?: 'ApiKeyIssuer' | 'ClusterApiKeyIssuer';
      name: string;
    };
    /**
     * What the key shall be. A change issues a new key, but for what onPermissionChange says.
     */
    key: {
      /**
       * One of the issuer's environments, for instance Test or Live. Immutable.
       */
      environment: string;
      /**
       * The exact set of permissions that the key has.
       *
       * @minItems 1
       * @maxItems 64
       */
      permissions: string[];
      /**
       * The organization at the issuer for which the key is generated.
       */
      organization?: string;
      /**
       * What an issuer of type HTTP asks for beside these, as its spec.http.parameters says.
       */
      parameters?: {
        [k: string]: string;
      };
      /**
       * Why permissions are as they are, for whoever decides about a change of them: it goes with the request, and stands in the history. To change it alone asks for nothing.
       */
      reason?: string;
      /**
       * Reissue (when absent), changed permissions are those of a new key. PreferInPlace, permissions are added to the key that is in use where the issuer can do that; a change that takes one away always issues a new key.
       */
      onPermissionChange?: 'Reissue' | 'PreferInPlace';
    };
    /**
     * When the key rotates without being asked.
     */
    schedule?: {
      /**
       * Five fields: minute, hour, day of month, month, day of week.
       */
      cron: string;
      /**
       * IANA time zone in which cron is read. UTC when absent.
       */
      timeZone?: string;
      /**
       * Rotations begin and old keys are revoked within these times only; at any time when absent. A first key and an emergency do not wait, nor does a key of which less than half of renewBefore is left.
       *
       * @minItems 1
       * @maxItems 8
       */
      windows?: {
        /**
         * When the window opens, five fields as those of the schedule, in its time zone.
         */
        cron: string;
        /**
         * How long it stays open.
         */
        duration: string;
      }[];
      /**
       * Each tick is delayed by a constant share of this duration, derived from uid and tick.
       */
      jitter?: string;
    };
    /**
     * Where the issuer gives keys an expiry, rotate this long before it.
     */
    renewBefore?: string;
    /**
     * Promotion. A rotation begins only after another one has rotated since this key was issued, and has been well for the soak. A first key and an emergency do not wait, nor does a key of which less than half of renewBefore is left.
     */
    after?: {
      /**
       * The ApiKeyRotation in this namespace that goes ahead, for instance the one of the Test key.
       */
      rotationRef: {
        name: string;
      };
      /**
       * How long its new key must have been the only one.
       */
      soak: string;
    };
    /**
     * What to do with a value that is found at the targets before the first rotation. Refuse when absent.
     */
    existingKey?: {
      policy: 'Refuse' | 'Adopt';
      /**
       * The id that the value found must have at the issuer.
       */
      keyID?: string;
      /**
       * The fingerprint that the value found must have: the first 16 hexadecimal digits of its SHA-256, as printf %s "$KEY" | sha256sum | cut -c1-16 prints them.
       */
      fingerprint?: string;
    };
    /**
     * Where the key is published. All of them serve the new key before consumers are awaited.
     *
     * @minItems 1
     * @maxItems 16
     */
    targets: {
      name: string;
      /**
       * A KeyStore in this namespace, or a ClusterKeyStore that grants it the path.
       */
      storeRef: {
        /**
         * KeyStore when absent.
         */
        kind?: 'KeyStore' | 'ClusterKeyStore';
        name: string;
      };
      /**
       * Vault, the path below the mount. KubernetesSecret, the name of the Secret, of at most 244 characters: while a rotation runs the key that it replaces is kept in the Secret of that name with -previous after it, which is emptied when that key is revoked.
       */
      path: string;
      /**
       * Field at the target: what it holds. {key: key, keyID: keyID} when absent. previousKey is the key that this one replaced at the target: alive until it is revoked, and there, dead, until the next rotation; empty where there was none, and where it has leaked.
       */
      fields?: {
        [k: string]:
          | 'key'
          | 'keyID'
          | 'environment'
          | 'fingerprint'
          | 'revision'
          | 'rotationUID'
          | 'issuedAt'
          | 'expiresAt'
          | 'previousKey';
      };
      /**
       * OwnAll (when absent), the operator owns the whole value; Merge keeps fields that it does not know.
       */
      fieldsPolicy?: 'OwnAll' | 'Merge';
    }[];
    /**
     * Everyone who uses the key. The old key is revoked after each of them has given all its evidence.
     *
     * @minItems 1
     * @maxItems 64
     */
    consumers?: {
      name: string;
      /**
       * How we know that this consumer moved. All of them are needed.
       *
       * @minItems 1
       * @maxItems 5
       */
      evidence: {
        type: 'Report' | 'Proof' | 'LastUsed' | 'Approval' | 'Rollout';
        report?: {
          /**
           * Reports count when their token belongs to this ServiceAccount of the namespace.
           */
          serviceAccountName: string;
          /**
           * Every (when absent), each live pod of the ServiceAccount and podSelector must have reported.
           */
          pods?: 'Every';
          /**
           * Narrows the pods of the ServiceAccount down to those of this consumer.
           */
          podSelector?: {
            matchLabels?: {
              [k: string]: string;
            };
          };
          /**
           * Wait (when absent), a consumer without pods is pending; Count, it has nothing to migrate.
           */
          whenNoPods?: 'Wait' | 'Count';
        };
        /**
         * The issuer tells that the old key is not used any more, and that the new one is. That is said of a key, not of a consumer: who else uses the key is waited for too.
         */
        lastUsed?: {
          /**
           * How long the old key must not have been used, counted from publishing at the earliest. Longer than the longest time between two calls of the consumer.
           */
          quietPeriod: string;
        };
        /**
         * The consumer takes the key when its pods start: every pod of the workload must have started after what it reads was seen to be new. Without secretRef and readsStoreAtStart the workload must take the key from the Secret of a KubernetesSecret target, by env, envFrom or a volume.
         */
        rollout?: {
          /**
           * A workload of this namespace.
           */
          workloadRef: {
            kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
            name: string;
          };
          /**
           * Restart, the operator restarts the workload once a rotation, by an annotation of its pod template, when the new key can be read; needs permission to patch it. Watch, somebody else does.
           */
          action: 'Restart' | 'Watch';
          /**
           * The Secret of this namespace that the pods read and something else (External Secrets, Vault Secrets Operator) keeps equal to a target. Nothing counts, and nothing is restarted, before this key of it holds the new key.
           */
          secretRef?: {
            name: string;
            key: string;
          };
          /**
           * The pods themselves read a target when they start, and no copy of it.
           */
          readsStoreAtStart?: true;
          /**
           * Wait for a pod that starts with the new key (when absent), or Count a workload that is scaled to zero as migrated, since its next pod cannot but start with it.
           */
          whenNoPods?: 'Wait' | 'Count';
        };
      }[];
    }[];
    /**
     * Nobody reports. The old key is revoked this long after the new one was published.
     */
    withoutEvidence?: {
      overlap: string;
    };
    migration?: {
      /**
       * The old key lives at least this long after the last consumer has moved.
       */
      gracePeriod?: string;
      /**
       * Counted from the start of the rotation. What happens then is said by onDeadline; who is missing is told.
       */
      deadline?: string;
      /**
       * Hold (when absent), both keys stay alive until the missing consumers move. RollBack, the old key is published again and the new one revoked when all consumers have moved back; a roll back itself is held.
       */
      onDeadline?: 'Hold' | 'RollBack';
    };
    /**
     * While true no effect begins. A revocation that was decided before is carried out after resuming.
     */
    suspend?: boolean;
    /**
     * When the object is deleted: Retain (when absent) leaves the published key alive, Revoke kills it.
     */
    deletionPolicy?: 'Retain' | 'Revoke';
    /**
     * When somebody else has changed or deleted what a target holds, while no rotation runs. Report (when absent) writes nothing and tells; Repair writes the current key there again, or issues another one where no place has it any more, and ends with a report where it is changed again and again. What another rotation has written is reported only.
     */
    onDrift?: 'Report' | 'Repair';
  };
  status?: {
    /**
     * Version of the rotation protocol that wrote this status.
     */
    protocol?: number;
    observedGeneration?: number;
    installation?: string;
    /**
     * The last rotation begun. Kept for ever.
     */
    revision?: number;
    /**
     * The last issuance begun within the revision. Kept for ever.
     */
    attempt?: number;
    /**
     * Consumers that moved of all, as 2/3.
     */
    consumersSummary?: string;
    lastRotationTime?: string;
    nextRotationTime?: string;
    /**
     * The schedule's last tick that was used or skipped.
     */
    lastTick?: string;
    /**
     * Times of the issue calls of the last hour, oldest first; bounds calls per hour across restarts.
     *
     * @maxItems 32
     */
    issueCalls?: string[];
    /**
     * The annotation tokens handled last.
     */
    lastHandled?: {
      rotate?: string;
      rollback?: string;
      emergency?: string;
      dropTarget?: string;
      acceptState?: string;
    };
    /**
     * After an issue call with unknown outcome: sweep for orphans once more then.
     */
    sweepAfter?: string;
    /**
     * @maxItems 16
     */
    conditions?: {
      type: string;
      status: 'True' | 'False' | 'Unknown';
      reason: string;
      message: string;
      observedGeneration?: number;
      lastTransitionTime: string;
    }[];
    /**
     * Finished rotations, newest first.
     *
     * @maxItems 10
     */
    history?: {
      revision: number;
      rollbackOf?: number;
      attempts?: number;
      trigger: string;
      reason?: string;
      result: string;
      keyID?: string;
      revokedKeyID?: string;
      basis?: string;
      startedAt?: string;
      publishedAt?: string;
      migratedAt?: string;
      finishedAt?: string;
    }[];
    /**
     * The last rotation was a roll back. Unless its trigger is Emergency, nothing starts by itself before a new rotate token or another generation of the spec; gone with the next rotation.
     */
    rolledBack?: {
      /**
       * The rotation that was rolled back.
       */
      revision: number;
      /**
       * metadata.generation when the roll back ended.
       */
      generation: number;
      /**
       * RollBack, Deadline or Emergency.
       */
      trigger: string;
    };
    /**
     * What a look at the targets has found there in place of the current key, while no rotation runs.
     */
    drift?: {
      seenAt: string;
      /**
       * What spec said when this was recorded. With Repair exactly these values may be replaced, also without a marker.
       */
      policy: 'Report' | 'Repair';
      /**
       * It was repaired so often that somebody else must be writing there.
       */
      gaveUp?: boolean;
      /**
       * @maxItems 16
       */
      targets: {
        name: string;
        address: string;
        path: string;
        change: 'Deleted' | 'Changed' | 'Unmarked' | 'Foreign';
        version?: string;
        createdTime?: string;
        fingerprint?: string;
      }[];
      /**
       * The repair that was begun last, under the attempt of this status.
       */
      repair?: {
        claim: string;
        at: string;
      };
    };
    /**
     * Times of the repairs of the last seven days, oldest first; bounds them across restarts.
     *
     * @maxItems 8
     */
    repairs?: string[];
    deletion?: {
      /**
       * @maxItems 64
       */
      keyIDs: string[];
      decidedAt: string;
    };
    /**
     * The key that is published and verified.
     */
    current?: {
      keyID: string;
      revision?: number;
      attempt?: number;
      adopted?: boolean;
      fingerprint: string;
      organization?: string;
      environment?: string;
      /**
       * @maxItems 64
       */
      permissions?: string[];
      issuedAt?: string;
      expiresAt?: string;
      issuer: {
        kind: string;
        name: string;
        uid: string;
        origin: string;
        /**
         * With these the key is found there.
         */
        parameters?: {
          [k: string]: string;
        };
      };
      /**
       * @maxItems 16
       */
      targets: {
        name: string;
        /**
         * KeyStore when absent.
         */
        storeKind?: string;
        storeName?: string;
        storeUID: string;
        address: string;
        path: string;
        keyField?: string;
        version?: string;
        createdTime?: string;
      }[];
    };
    /**
     * Keys of earlier attempts that may be revoked once every target recorded here is fenced above them. An entry without keyID is an issue call whose answer was lost, at an issuer that cannot list keys: its key, if it made one, has not been found.
     *
     * @maxItems 64
     */
    abandoned?: {
      revision: number;
      attempt: number;
      keyID?: string;
      /**
       * It was published and is revoked as soon as no target carries it.
       */
      leaked?: boolean;
      /**
       * When the lost issue call was decided; within the issuer's window a repeat tells its key.
       */
      calledAt?: string;
      /**
       * A target has served this key; it is revoked only when a rotation ends with all evidence.
       */
      served?: boolean;
      issuer?: {
        kind: string;
        name: string;
        uid: string;
        origin: string;
        /**
         * With these the key is found there.
         */
        parameters?: {
          [k: string]: string;
        };
      };
      /**
       * @maxItems 16
       */
      targets?: {
        name: string;
        /**
         * KeyStore when absent.
         */
        storeKind?: string;
        storeName?: string;
        storeUID: string;
        address: string;
        path: string;
        keyField?: string;
        version?: string;
        createdTime?: string;
      }[];
      reason: string;
    }[];
    /**
     * The rotation that is running.
     */
    rotation?: {
      attemptID: string;
      attemptAt: string;
      claim: string;
      trigger: string;
      reason?: string;
      /**
       * This rotation is the roll back of that revision; no key is issued in it.
       */
      rollbackOf?: number;
      /**
       * The key that is published and verified.
       */
      restoredKey?: {
        keyID: string;
        revision?: number;
        attempt?: number;
        adopted?: boolean;
        fingerprint: string;
        organization?: string;
        environment?: string;
        /**
         * @maxItems 64
         */
        permissions?: string[];
        issuedAt?: string;
        expiresAt?: string;
        issuer: {
          kind: string;
          name: string;
          uid: string;
          origin: string;
          /**
           * With these the key is found there.
           */
          parameters?: {
            [k: string]: string;
          };
        };
        /**
         * @maxItems 16
         */
        targets: {
          name: string;
          /**
           * KeyStore when absent.
           */
          storeKind?: string;
          storeName?: string;
          storeUID: string;
          address: string;
          path: string;
          keyField?: string;
          version?: string;
          createdTime?: string;
        }[];
      };
      /**
       * This key has leaked. No consumer is waited for before it is revoked.
       */
      leakedKeyID?: string;
      /**
       * Why this rotation cannot be rolled back.
       */
      rollbackRefused?: string;
      startedAt: string;
      /**
       * What people are asked for, where they issue the keys. A key is expected in the Secret of that name, in fields key and keyID.
       */
      request?: {
        text: string;
        secretName?: string;
        since: string;
      };
      /**
       * Permissions are being added to this key, which stays the current one: nothing is issued, written or revoked.
       */
      inPlace?: {
        keyID: string;
        /**
         * @maxItems 64
         */
        add: string[];
        /**
         * Goes with the request.
         */
        reason: string;
      };
      failedVerifications?: number;
      /**
       * This attempt takes over or fences; the next one issues.
       */
      recovering?: boolean;
      /**
       * Every target is fenced, and nobody can find out what became of an issue call: a person has to.
       */
      parked?: boolean;
      plan: {
        issuer: {
          kind: string;
          name: string;
          uid: string;
          origin: string;
          /**
           * With these the key is found there.
           */
          parameters?: {
            [k: string]: string;
          };
        };
        key: {
          organization?: string;
          environment: string;
          /**
           * @maxItems 64
           */
          permissions: string[];
        };
        /**
         * @maxItems 16
         */
        targets: {
          name: string;
          /**
           * KeyStore when absent.
           */
          storeKind?: string;
          storeName: string;
          storeUID: string;
          address: string;
          path: string;
          fields: {
            [k: string]: string;
          };
          fieldsPolicy?: string;
        }[];
      };
      /**
       * The key that is published and verified.
       */
      oldKey?: {
        keyID: string;
        revision?: number;
        attempt?: number;
        adopted?: boolean;
        fingerprint: string;
        organization?: string;
        environment?: string;
        /**
         * @maxItems 64
         */
        permissions?: string[];
        issuedAt?: string;
        expiresAt?: string;
        issuer: {
          kind: string;
          name: string;
          uid: string;
          origin: string;
          /**
           * With these the key is found there.
           */
          parameters?: {
            [k: string]: string;
          };
        };
        /**
         * @maxItems 16
         */
        targets: {
          name: string;
          /**
           * KeyStore when absent.
           */
          storeKind?: string;
          storeName?: string;
          storeUID: string;
          address: string;
          path: string;
          keyField?: string;
          version?: string;
          createdTime?: string;
        }[];
      };
      newKey?: {
        keyID: string;
        fingerprint: string;
        issuedAt?: string;
        expiresAt?: string;
      };
      publishedAt?: string;
      /**
       * When the last consumer was seen to have moved.
       */
      migratedAt?: string;
      /**
       * @maxItems 16
       */
      targets?: {
        name: string;
        state: 'Pending' | 'Published';
        version?: string;
        createdTime?: string;
        message?: string;
      }[];
      /**
       * @maxItems 64
       */
      consumers?: {
        name: string;
        state: 'Pending' | 'Migrated';
        since?: string;
        /**
         * @maxItems 10
         */
        missingPods?: string[];
        /**
         * SHA-256 of the proof that this consumer can give.
         */
        proofHash?: string;
        /**
         * What was seen of the workload of its Rollout; it holds for this workload and this copy only.
         */
        rollout?: {
          /**
           * As Deployment/payments-api.
           */
          workload: string;
          workloadUID: string;
          /**
           * What its pods read.
           */
          copy: string;
          /**
           * Since when the copy has been seen to hold the new key. Pods that started before do not count.
           */
          copySeenAt?: string;
          /**
           * When the restart of this rotation was seen to have begun. There is no second one.
           */
          restartedAt?: string;
        };
        /**
         * The admission policy that guards approvals, where it or its binding was changed since it was made. Approvals count from when these generations were first seen.
         */
        approvalPolicy?: {
          /**
           * Uid and generation of policy and binding.
           */
          generations: string;
          seenAt: string;
        };
        message?: string;
      }[];
      /**
       * The old key may be revoked. There is no way back.
       */
      revokeIntent?: {
        keyID: string;
        decidedAt: string;
        checkedAt?: string;
        basis: 'Evidence' | 'WithoutEvidence' | 'Emergency';
      };
    };
  };
}
