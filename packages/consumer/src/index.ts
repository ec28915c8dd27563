export type { ConsumerClock } from './clock.ts';
export { type Consumer, type ConsumerOptions, createConsumer, type ReportOptions } from './consumer.ts';
export { ConsumerError, type ConsumerErrorCode, KeyRefused } from './errors.ts';
export { fromFile } from './from-file.ts';
export { fromVault, type VaultLocation } from './from-vault.ts';
export type { KeyFields, KeyLoader, LoadedKey, LoadFunction } from './loader.ts';
export { fingerprintOf, type ProofSubject, proofOf } from './proof.ts';
export type { ReportAnswer, ReportTarget } from './report-client.ts';
