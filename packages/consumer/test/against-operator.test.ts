import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { proofOf as operatorsProof } from '../../../src/key/proof.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import {
  createWorld,
  migrating,
  NEW,
  NEW_KEY,
  OLD_KEY,
  proving,
  reporting,
  rotation,
  TOKEN,
} from '../../../test/unit/server/reports-world.ts';
import { createConsumer } from '../src/consumer.ts';
import { fingerprintOf, proofOf } from '../src/proof.ts';
import type { ReportAnswer } from '../src/report-client.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'consumer-'));
  await writeFile(join(directory, 'token'), `${TOKEN}\n`);
});
afterEach(() => rm(directory, { recursive: true }));

describe('against the operator', () => {
  it('fingerprint and proof are those of the operator', () => {
    const key = new SecretValue('apio_live_ünïcode_key_0001');
    const subject = { uid: 'uid-1', revision: 7, consumer: 'api' };
    expect(fingerprintOf(key.reveal())).toBe(fingerprint(key));
    expect(proofOf(key.reveal(), subject)).toBe(operatorsProof(key, subject));
  });

  it('a consumer with a token learns uid and revision, and both its records are written', async () => {
    const both = { name: 'api', evidence: [...reporting('api', 'api').evidence, ...proving('api').evidence] };
    const world = createWorld(rotation([both], migrating(['api'])));
    const url = await world.app.listen({ host: '127.0.0.1', port: 0 });
    const answers: ReportAnswer[] = [];
    const store = { key: OLD_KEY.reveal() };
    const consumer = createConsumer({
      load: () => store.key,
      report: {
        url,
        namespace: 'team',
        rotation: 'payments',
        tokenFile: join(directory, 'token'),
        onAnswer: (answer) => {
          answers.push(answer);
          store.key = NEW_KEY.reveal();
        },
      },
    });
    await vi.waitUntil(() => answers.length === 2);
    expect(answers.map(({ state, fingerprint: expected }) => [state, expected])).toEqual([
      ['Superseded', NEW],
      ['Migrated', NEW],
    ]);
    expect(world.records().map(({ spec }) => spec.type)).toEqual(['Report', 'Proof']);
    await consumer.close();
    await world.app.close();
  });

  it('a consumer with a token proves too while the cache of the operator still shows the old key', async () => {
    const both = { name: 'api', evidence: [...reporting('api', 'api').evidence, ...proving('api').evidence] };
    const live = migrating(['api']);
    const world = createWorld(rotation([both], { revision: 1, ...(live.current && { current: live.current }) }));
    world.live = rotation([both], live);
    const url = await world.app.listen({ host: '127.0.0.1', port: 0 });
    const answers: ReportAnswer[] = [];
    const consumer = createConsumer({
      load: () => NEW_KEY.reveal(),
      report: {
        url,
        namespace: 'team',
        rotation: 'payments',
        tokenFile: join(directory, 'token'),
        onAnswer: (answer) => answers.push(answer),
      },
    });
    await vi.waitUntil(() => answers.length === 1);
    expect(world.records().map(({ spec }) => spec.type)).toEqual(['Report', 'Proof']);
    await consumer.close();
    await world.app.close();
  });

  it('a consumer without a token proves with what is stored beside the key', async () => {
    const world = createWorld(rotation([proving('batch')], migrating(['batch'])));
    const url = await world.app.listen({ host: '127.0.0.1', port: 0 });
    const answers: ReportAnswer[] = [];
    const consumer = createConsumer({
      load: () => ({ key: NEW_KEY.reveal(), rotationUID: 'rotation-uid', revision: 2 }),
      report: {
        url,
        namespace: 'team',
        rotation: 'payments',
        consumer: 'batch',
        onAnswer: (answer) => answers.push(answer),
      },
    });
    await vi.waitUntil(() => answers.length === 1);
    expect(answers[0]?.state).toBe('Migrated');
    expect(world.kube.calls).toEqual(['POST migrationreports']);
    await consumer.close();
    await world.app.close();
  });
});
