import type { ApiKeyRotation } from './apikeyrotation.gen.ts';

export type { ApiKeyIssuer } from './apikeyissuer.gen.ts';
export type { ApiKeyRotation } from './apikeyrotation.gen.ts';
export type { KeyStore as KeyStoreObject } from './keystore.gen.ts';
export type { MigrationReport } from './migrationreport.gen.ts';

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
export type AbandonedKey = NonNullable<RotationStatus['abandoned']>[number];
export type ConsumerStatus = NonNullable<RunningRotation['consumers']>[number];
export type ConsumerSpec = NonNullable<RotationSpec['consumers']>[number];
export type EvidenceSpec = ConsumerSpec['evidence'][number];
export type Condition = NonNullable<RotationStatus['conditions']>[number];
export type HistoryEntry = NonNullable<RotationStatus['history']>[number];
