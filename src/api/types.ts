import type { ApiKeyIssuer } from './apikeyissuer.gen.ts';
import type { ApiKeyRotation } from './apikeyrotation.gen.ts';
import type { ClusterApiKeyIssuer } from './clusterapikeyissuer.gen.ts';
import type { ClusterKeyStore } from './clusterkeystore.gen.ts';
import type { KeyStore } from './keystore.gen.ts';

export type { ApiKeyIssuer } from './apikeyissuer.gen.ts';
export type { ApiKeyRotation } from './apikeyrotation.gen.ts';
export type { ClusterApiKeyIssuer } from './clusterapikeyissuer.gen.ts';
export type { ClusterKeyStore } from './clusterkeystore.gen.ts';
export type { KeyStore as KeyStoreObject } from './keystore.gen.ts';
export type { MigrationReport } from './migrationreport.gen.ts';

/** Where keys come from, of a namespace or of the cluster. */
export type IssuerObject = ApiKeyIssuer | ClusterApiKeyIssuer;
/** Where keys are published, of a namespace or of the cluster. */
export type StoreObject = KeyStore | ClusterKeyStore;

export type RotationSpec = ApiKeyRotation['spec'];
export type RotationStatus = NonNullable<ApiKeyRotation['status']>;
/** `status.current`: the published, verified key. */
export type RecordedKey = NonNullable<RotationStatus['current']>;
/** `status.rotation`: the rotation that is running. */
export type RunningRotation = NonNullable<RotationStatus['rotation']>;
export type Plan = RunningRotation['plan'];
export type PlannedTarget = Plan['targets'][number];
export type IssuerIdentity = RecordedKey['issuer'];
export type TargetVersion = RecordedKey['targets'][number];
export type DriftRecord = NonNullable<RotationStatus['drift']>;
export type DriftedTarget = DriftRecord['targets'][number];
export type AbandonedKey = NonNullable<RotationStatus['abandoned']>[number];
export type ConsumerStatus = NonNullable<RunningRotation['consumers']>[number];
export type ConsumerSpec = NonNullable<RotationSpec['consumers']>[number];
export type EvidenceSpec = ConsumerSpec['evidence'][number];
export type Condition = NonNullable<RotationStatus['conditions']>[number];
export type HistoryEntry = NonNullable<RotationStatus['history']>[number];
