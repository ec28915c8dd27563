import { lease } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, put, remove, watch } from '../case.ts';
import { leases } from './collections.ts';

const at = (renewTime: string) => ({ spec: { renewTime } });

export const item18 = p0(18, 'Leases', {
  'a Lease is created as it was sent': [post(leases, lease('a')), get(`${leases}/a`)],
  'a Lease taken from a stale version is a conflict': [
    post(leases, lease('a'), { save: 'old' }),
    merge(`${leases}/a`, { spec: { holderIdentity: 'two' } }),
    put(`${leases}/a`, { $from: 'old', spec: { holderIdentity: 'three' } }),
    get(`${leases}/a`),
  ],
  'a Lease is renewed from its latest version': [
    post(leases, lease('a'), { save: 'one' }),
    put(`${leases}/a`, { $from: 'one', ...at('2026-01-01T00:00:10.000000Z') }, { save: 'two' }),
    put(`${leases}/a`, { $from: 'two', spec: { holderIdentity: 'two', leaseTransitions: 1 } }),
  ],
  'times have microseconds': [
    post(leases, lease('a', { renewTime: '2026-01-01T00:00:00.123456Z', acquireTime: '2026-01-01T00:00:00.000001Z' })),
    merge(`${leases}/a`, at('2026-01-01T01:00:00.500000+01:00')),
  ],
  'times without a fraction, or with another one, are refused': [
    post(leases, lease('a', { renewTime: '2026-01-01T00:00:00Z' })),
    post(leases, lease('a', { renewTime: '2026-01-01T00:00:00.123Z' })),
    post(leases, lease('a', { acquireTime: 'now' })),
    post(leases, lease('a')),
    // The whole message has the whole object in it, managed fields and all.
    merge(`${leases}/a`, at('2026-01-01T00:00:00Z'), { part: 'reason' }),
  ],
  'times that no calendar has are refused': [
    post(leases, lease('a', { renewTime: '2026-13-45T00:00:00.000000Z' })),
    post(leases, lease('a', { renewTime: '2026-02-30T00:00:00.000000Z' })),
    post(leases, lease('a', { renewTime: '2026-02-28T24:00:00.000000Z' })),
    post(leases, lease('a', { acquireTime: '2026-02-28T23:60:00.000000Z' })),
    post(leases, lease('a', { acquireTime: '2026-02-28T23:59:60.000000Z' })),
    post(leases, lease('a', { acquireTime: '2024-02-29T23:59:59.999999+02:30' })),
  ],
  'durations and transitions have bounds': [
    post(leases, lease('a', { leaseDurationSeconds: 0 })),
    post(leases, lease('a', { leaseTransitions: -1 })),
    post(leases, lease('a', { leaseDurationSeconds: '15' })),
    post(leases, lease('a')),
    merge(`${leases}/a`, { spec: { leaseDurationSeconds: '15' } }, { part: 'reason' }),
    merge(`${leases}/a`, { spec: { leaseDurationSeconds: 0 } }),
  ],
  'a Lease may be empty': [
    post(leases, { metadata: { name: 'a' } }),
    post(leases, { metadata: { name: 'b' }, spec: {} }),
    post(leases, lease('c', { holderIdentity: '' })),
  ],
  'a Lease is given up': [
    post(leases, lease('a'), { save: 'made' }),
    put(`${leases}/a`, { $from: 'made', spec: { holderIdentity: '', leaseDurationSeconds: 1, renewTime: null } }),
    remove(`${leases}/a`),
    get(`${leases}/a`),
  ],
  'a Lease is watched': [
    post(leases, lease('a'), { save: 'made' }),
    merge(`${leases}/a`, at('2026-01-01T00:00:10.000000Z')),
    remove(`${leases}/a`),
    watch(`${leases}?watch=true&resourceVersion=$(made.metadata.resourceVersion)`, 2),
  ],
  'an unknown field of a Lease is dropped with a warning': [post(leases, lease('a', { colour: 'red' }))],
});
