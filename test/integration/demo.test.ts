import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { PODS } from '../../demo/cast.ts';
import type { DemoReport } from '../../demo/report.ts';
import { documentedText } from './documents/block.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The script that the page starts, in words. */
const [, script = ''] = /npm run (\w+)/.exec(documentedText('README.md “Try it” sh 1')) ?? [];
const [program, ...words]: string[] = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).scripts[script].split(
  ' ',
);
const children: ChildProcess[] = [];
afterEach(() => {
  // SIGTERM lets the demo end the processes that it started.
  for (const child of children.splice(0)) child.kill('SIGTERM');
});

async function demo(...args: string[]) {
  expect(program).toBe('node');
  const child = spawn(process.execPath, [...words, '--fast', '--json', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, err, report: JSON.parse(out) as DemoReport };
}

const ID = expect.stringMatching(/^key_[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('npm run demo', () => {
  it('keeps every promise through a first issue, a rotation on request and a change of permissions', async () => {
    const { code, err, report } = await demo();
    const [first, requested, changed] = report.rotations;
    const rotation = { attempts: 1, issuedKeyID: ID, publishedAt: TIME, lastReportAt: TIME, revokedAt: TIME };
    expect({ code, err, violations: report.violations }).toEqual({ code: 0, err: '', violations: [] });
    expect(report.rotations).toEqual([
      { ...rotation, trigger: 'FirstIssue', revokedKeyID: null, lastReportAt: null, revokedAt: null },
      { ...rotation, trigger: 'Requested', revokedKeyID: first?.issuedKeyID },
      { ...rotation, trigger: 'KeyChanged', revokedKeyID: requested?.issuedKeyID },
    ]);
    expect(report).toMatchObject({ failedCalls: 0, keysIssued: 3, keysRevoked: 2, leaks: [] });
    expect(report.liveKeys).toEqual([changed?.issuedKeyID]);
    // From the first publication of a second key to the last revocation all pods call without a break.
    const seconds = (Date.parse(changed?.revokedAt ?? '') - Date.parse(requested?.publishedAt ?? '')) / 1000;
    expect(report.calls).toBeGreaterThanOrEqual(0.8 * 50 * PODS.length * seconds);
  });

  it('notices that an old key was killed as soon as the new one was published', async () => {
    const { code, report } = await demo('--fault', 'revoke-early');
    expect(code).toBe(1);
    expect(report.failedCalls).toBeGreaterThan(0);
    for (const { revokedAt, lastReportAt } of report.rotations.slice(1)) {
      expect(String(revokedAt) < String(lastReportAt)).toBe(true);
    }
    expect(report.violations).toContainEqual(
      expect.stringMatching(/^The old key \w+ died at .*, before the last report/),
    );
    expect(report.leaks).toEqual([]);
  });

  it('notices that a key is in the log of a consumer', async () => {
    const { code, report } = await demo('--fault', 'leak-log');
    expect(code).toBe(1);
    const leaked = report.rotations.map(({ issuedKeyID }) => issuedKeyID).sort();
    expect(report.leaks.map(({ keyID }) => keyID).sort()).toEqual(leaked);
    expect(new Set(report.leaks.map(({ channel }) => channel))).toEqual(new Set(['output of payments-api-0']));
    expect(report).toMatchObject({ failedCalls: 0, keysRevoked: 2 });
  });
});
