import { describe, expect, it } from 'vitest';
import { findReportsURL } from '../../../src/cli/reports-service.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';

const REPORTS = { name: 'reports', port: 8082, appProtocol: 'http' };
const service = (name: string, ...ports: object[]) => ({ metadata: { name, namespace: 'operators' }, spec: { ports } });
const METRICS = service('akr-metrics', { name: 'metrics', port: 8081 });

function found(...items: readonly object[]) {
  const list = async <T>() => ({ items: items as readonly T[], resourceVersion: '1' });
  return findReportsURL({ kube: { list } as Partial<KubeApi> as KubeApi });
}

describe('where pods report', () => {
  it.each([
    ['the Service of the chart', [service('akr', REPORTS), METRICS], 'http://akr.operators.svc:8082'],
    [
      'over TLS where it does',
      [service('akr', { ...REPORTS, appProtocol: 'https', port: 443 })],
      'https://akr.operators.svc:443',
    ],
  ])('is %s', async (_name, items, url) => {
    expect(await found(...items)).toBe(url);
  });

  it.each([
    ['no Service', [METRICS], 'Services of the chart: none'],
    [
      'several of them',
      [service('a', REPORTS), service('b', REPORTS)],
      'Services of the chart: http://a.operators.svc:8082, http://b.operators.svc:8082',
    ],
  ])('is asked for where there are %s', async (_name, items, why) => {
    await expect(found(...items)).rejects.toMatchObject({
      exitCode: 2,
      message: `say where pods report by --reports-url, as the NOTES of the chart name it (${why})`,
    });
  });

  it('is asked for where whoever asks may not look', async () => {
    const denied = () => Promise.reject(new CallError('denied', 'Forbidden', 'no', { status: 403 }));
    await expect(findReportsURL({ kube: { list: denied } as Partial<KubeApi> as KubeApi })).rejects.toMatchObject({
      message: expect.stringContaining('(you may not list Services)'),
    });
  });
});
