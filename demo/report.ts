import type { Paint } from '../src/cli/view/paint.ts';
import type { Leak } from './leak-scan.ts';
import type { RotationRecord } from './rotations.ts';

/** The document of `--json`. */
export interface DemoReport {
  readonly rotations: readonly RotationRecord[];
  readonly calls: number;
  readonly failedCalls: number;
  readonly keysIssued: number;
  readonly keysRevoked: number;
  readonly liveKeys: readonly string[];
  readonly leaks: readonly Leak[];
  readonly violations: readonly string[];
}

/** What only the table tells. */
export interface Extras {
  readonly oldKeys: readonly { readonly keyID: string; readonly status: number }[];
  readonly servedKeyID: string | undefined;
  readonly outputsScanned: number;
  readonly secretsSought: number;
  readonly seconds: number;
}

/** The proof as a table, and the verdict below it. */
export function formatReport(report: DemoReport, extras: Extras, paint: Paint): string {
  const rows = [
    ['calls', `${count(report.calls)}, of which ${report.failedCalls} failed`, report.failedCalls === 0],
    [
      'keys',
      `${report.keysIssued} issued, ${report.keysRevoked} revoked, alive: ${report.liveKeys.join(', ') || 'none'}`,
      report.liveKeys.length === 1,
    ],
    ...report.rotations.slice(1).map((rotation) => oldKeyRow(rotation, extras)),
    [
      'Vault serves',
      extras.servedKeyID ?? 'no key that anyone knows',
      report.liveKeys.includes(extras.servedKeyID ?? ''),
    ],
    [
      'leaks',
      `${report.leaks.length} found: ${extras.secretsSought} secrets sought in ${count(extras.outputsScanned)} outputs`,
      report.leaks.length === 0,
    ],
  ] as const;
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(
    ([name, text, isGood]) =>
      `  ${isGood ? paint('green', '✓') : paint('red', '✗')} ${paint('bold', name.padEnd(width))}  ${text}`,
  );
  return [paint('bold', 'Proof'), ...table, '', verdict(report, extras, paint)].join('\n');
}

function oldKeyRow({ revokedKeyID, revokedAt, lastReportAt, trigger }: RotationRecord, { oldKeys }: Extras) {
  if (revokedKeyID === null || revokedAt === null) return [`old key (${trigger})`, 'never revoked', false] as const;
  const status = oldKeys.find(({ keyID }) => keyID === revokedKeyID)?.status;
  const lead = lastReportAt === null ? Number.NaN : Date.parse(revokedAt) - Date.parse(lastReportAt);
  const isInOrder = lead > 0;
  const order = Number.isNaN(lead)
    ? 'without any report'
    : `${Math.abs(lead)} ms ${isInOrder ? 'after' : 'BEFORE'} the last report`;
  return [
    `old key (${trigger})`,
    `${revokedKeyID} is answered ${status ?? '?'}, died ${order}`,
    isInOrder && status === 401,
  ] as const;
}

function verdict({ violations }: DemoReport, { seconds }: Extras, paint: Paint): string {
  const time = `${seconds.toFixed(1)} s`;
  if (violations.length === 0) return paint('green', `All promises kept, in ${time}.`);
  return [paint('red', `Broken promises, after ${time}:`), ...violations.map((one) => `  - ${one}`)].join('\n');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
