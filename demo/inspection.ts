import { NAMESPACE, ROTATION, VAULT_FIELDS, VAULT_KEY_ID_FIELD, VAULT_MOUNT, VAULT_PATH } from './cast.ts';
import { findLeaks, type Output, type Secret } from './leak-scan.ts';
import type { OperatorAddresses } from './operator-process.ts';
import { provokeAnswers, statusOf } from './probing.ts';
import type { DemoReport, Extras } from './report.ts';
import { rotationsOf } from './rotations.ts';
import type { Stage } from './stage.ts';
import { type Findings, violationsOf } from './verdict.ts';
import type { Witness } from './witness.ts';

/** Keys are alive or not, whoever asks; management credentials are no part of it. */
function managedKeys({ issuer }: Stage) {
  return issuer.engine.keys.filter(({ manager }) => !manager);
}

/** Everything that must not be found anywhere, by the id that may be shown. */
export function secretsOf({ issuer, vault }: Stage, tokens: readonly Secret[]): readonly Secret[] {
  const vaultTokens = vault.engine.tokens.texts().map((text, index) => ({ id: `vault-token-${index + 1}`, text }));
  return [...issuer.engine.keys.map(({ id, text }) => ({ id, text })), ...vaultTokens, ...tokens];
}

/** What the operator answers to those who make mistakes with the live key; nothing where it does not serve. */
export async function provoke(
  { issuer }: Stage,
  addresses: OperatorAddresses | undefined,
  token: string,
): Promise<readonly Output[]> {
  const keyText = issuer.engine.keys.findLast(({ manager }) => !manager)?.text;
  if (!addresses || !keyText) return [];
  const rotationURL = `${addresses.reports}/v1/namespaces/${NAMESPACE}/rotations/${ROTATION}`;
  return provokeAnswers(addresses, { rotationURL, keyText, token });
}

/** What is left to know when the story is over. */
export interface Evidence {
  readonly problem: string | undefined;
  readonly outputs: readonly Output[];
  readonly secrets: readonly Secret[];
}

/** What was found, and how the demo prints it. */
export interface Inspection {
  readonly findings: Findings;
  readonly report: DemoReport;
  readonly extras: Omit<Extras, 'seconds'>;
}

/** Looks at issuing API, Vault, consumers and outputs, and judges. */
export async function inspect(
  stage: Stage,
  witness: Witness,
  { problem, outputs, secrets }: Evidence,
): Promise<Inspection> {
  const keys = managedKeys(stage);
  const acceptedCalls = keys.reduce((total, { uses }) => total + uses.count, 0);
  const liveKeys = keys.filter((key) => stage.issuer.engine.statusOf(key) === 'active').map(({ id }) => id);
  const served = servedKey(stage);
  const reports = witness.reports();
  const pods = witness.counts();
  const findings: Findings = {
    problem,
    rotations: rotationsOf({ keys, publications: witness.publications(), reports }),
    reports,
    pods,
    acceptedCalls,
    oldKeys: await callWithOldKeys(stage, served.keyID),
    liveKeys,
    served,
    slowConsumerNamed: witness.slowConsumerNamed(),
    leaks: findLeaks(outputs, secrets),
  };
  const { ledger } = stage.issuer.engine;
  const report: DemoReport = {
    rotations: findings.rotations,
    calls: pods.reduce((total, { calls }) => total + calls, 0),
    failedCalls: pods.reduce((total, { failed }) => total + failed, 0),
    keysIssued: ledger.filter(({ type }) => type === 'issued').length,
    keysRevoked: ledger.filter(({ type }) => type === 'revoked').length,
    liveKeys,
    leaks: findings.leaks,
    violations: violationsOf(findings),
  };
  const { oldKeys } = findings;
  const counts = { outputsScanned: outputs.length, secretsSought: secrets.length };
  return { findings, report, extras: { oldKeys, servedKeyID: served.keyID, ...counts } };
}

/** What a reader of Vault gets, and whose it is. */
function servedKey(stage: Stage): Findings['served'] {
  const data = stage.vault.engine.serving(VAULT_MOUNT, VAULT_PATH) ?? {};
  const text = data[VAULT_FIELDS.key];
  const statedID = data[VAULT_KEY_ID_FIELD];
  return {
    statedID: typeof statedID === 'string' ? statedID : undefined,
    keyID: managedKeys(stage).find((key) => key.text === text)?.id,
  };
}

/** Calls the issuing API, as a consumer would, with every key but the one that Vault serves. */
function callWithOldKeys(stage: Stage, servedID: string | undefined): Promise<Findings['oldKeys']> {
  const old = managedKeys(stage).filter(({ id }) => id !== servedID);
  const url = `${stage.issuer.server.url.Live}/v1/payments`;
  return Promise.all(old.map(async ({ id, text }) => ({ keyID: id, status: await statusOf(url, text) })));
}
