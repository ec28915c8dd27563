import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createVaultProbe, type VaultProbe } from './vault-probe.ts';
import type { NotServing, VaultStand } from './vault-stand.ts';

const CAS_MISMATCH = { errors: ['check-and-set parameter did not match the current version'] };

/** What we rely on in Vault's KV version 2; runs against the sandbox and against Vault itself (mount `secret`). */
export function describeKeyValueContract(connect: () => VaultStand): void {
  describe('KV version 2', () => {
    let vault: VaultProbe;
    let path: string;
    beforeEach(() => {
      vault = connect().root;
      path = `contract/${randomUUID()}`;
    });
    const write = (data: object, cas?: unknown): Promise<Answer> =>
      vault.call('POST', `secret/data/${path}`, { data, ...(cas === undefined ? {} : { options: { cas } }) });
    const read = (version?: number) =>
      vault.call('GET', `secret/data/${path}${version === undefined ? '' : `?version=${version}`}`);
    const metadata = () => vault.call('GET', `secret/metadata/${path}`);

    describe('check-and-set', () => {
      it('writes the first version with cas 0, and tells number and time', async () => {
        const { status, data } = await write({ a: '1' }, 0);
        expect([status, data.version, data.destroyed, data.deletion_time]).toEqual([200, 1, false, '']);
        expect(Date.parse(String(data.created_time))).toBeGreaterThan(0);
      });

      it.each([0, 2, 99])('refuses cas %d over version 1 with 400 and its words', async (cas) => {
        await write({ a: '1' }, 0);
        const { status, body } = await write({ a: '2' }, cas);
        expect([status, body]).toEqual([400, CAS_MISMATCH]);
        expect((await read()).data.data).toEqual({ a: '1' });
      });

      it('takes the number as text too', async () => {
        await write({ a: '1' }, 0);
        expect((await write({ a: '2' }, '1')).data.version).toBe(2);
      });

      it('refuses a cas that is no number', async () => {
        const { status, body } = await write({ a: '1' }, 'x');
        expect([status, body]).toEqual([400, { errors: ['error parsing check-and-set parameter'] }]);
      });

      it('writes without cas, unless the key requires it', async () => {
        expect((await write({ a: '1' })).status).toBe(200);
        await vault.call('POST', `secret/metadata/${path}`, { cas_required: true });
        const { status, body } = await write({ a: '2' });
        expect([status, body]).toEqual([400, { errors: ['check-and-set parameter required for this call'] }]);
        expect((await write({ a: '2' }, 1)).data.version).toBe(2);
      });

      it('lets exactly one of ten simultaneous writers win', async () => {
        const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => write({ a: `${index}` }, 0)));
        expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
      });

      it('refuses data that is no object', async () => {
        const { status, body } = await vault.call('POST', `secret/data/${path}`, { data: 'text' });
        const problem = `error converting input for field "data": '' expected a map, got 'string'`;
        expect([status, body]).toEqual([400, { errors: [problem] }]);
      });

      it('refuses a write without data', async () => {
        const { status, body } = await vault.call('POST', `secret/data/${path}`, { options: { cas: 0 } });
        expect([status, body]).toEqual([400, { errors: ['no data provided'] }]);
      });
    });

    describe('versions', () => {
      it('serves the current and each older version with its metadata', async () => {
        await write({ a: '1' });
        await write({ a: '2', n: 7, list: ['x'] });
        const current = await read();
        expect(current.data.data).toEqual({ a: '2', n: 7, list: ['x'] });
        expect(current.data.metadata).toMatchObject({ version: 2, destroyed: false, deletion_time: '' });
        expect((await read(1)).data.data).toEqual({ a: '1' });
      });

      it('answers 404 with an empty list of errors where there is nothing', async () => {
        expect(await read()).toMatchObject({ status: 404, body: { errors: [] } });
        await write({ a: '1' });
        expect(await read(9)).toMatchObject({ status: 404, body: { errors: [] } });
      });

      it('forgets the oldest beyond max_versions', async () => {
        await vault.call('POST', `secret/metadata/${path}`, { max_versions: 2 });
        for (const a of ['1', '2', '3']) await write({ a });
        expect((await read(1)).status).toBe(404);
        expect((await read(2)).data.data).toEqual({ a: '2' });
        expect((await metadata()).data).toMatchObject({ current_version: 3, oldest_version: 2, max_versions: 2 });
      });

      it('keeps ten when nobody says otherwise', async () => {
        for (let number = 1; number <= 11; number += 1) await write({ a: `${number}` });
        expect((await read(1)).status).toBe(404);
        expect((await read(2)).status).toBe(200);
        expect((await metadata()).data).toMatchObject({ current_version: 11, oldest_version: 2, max_versions: 0 });
      });
    });

    describe('deletion', () => {
      it('answers 404 with a body for a deleted version, whose number still counts for cas', async () => {
        await write({ a: '1' });
        expect((await vault.call('DELETE', `secret/data/${path}`)).status).toBe(204);
        const { status, data } = await read();
        expect([status, data.data]).toEqual([404, null]);
        expect(data.metadata).toMatchObject({ version: 1, destroyed: false });
        expect((await write({ a: '2' }, 0)).body).toEqual(CAS_MISMATCH);
        expect((await write({ a: '2' }, 1)).data.version).toBe(2);
      });

      it('brings a deleted version back, not a destroyed one', async () => {
        await write({ a: '1' });
        await vault.call('POST', `secret/delete/${path}`, { versions: [1] });
        expect((await read()).status).toBe(404);
        await vault.call('POST', `secret/undelete/${path}`, { versions: [1] });
        expect((await read()).data.data).toEqual({ a: '1' });
        expect((await vault.call('POST', `secret/destroy/${path}`, { versions: [1] })).status).toBe(204);
        await vault.call('POST', `secret/undelete/${path}`, { versions: [1] });
        const { status, data } = await read();
        expect([status, data.data]).toEqual([404, null]);
        expect(data.metadata).toMatchObject({ version: 1, destroyed: true });
      });

      it('wants to know which versions', async () => {
        await write({ a: '1' });
        for (const area of ['delete', 'undelete', 'destroy']) {
          const { status, body } = await vault.call('POST', `secret/${area}/${path}`, { versions: [] });
          expect(status).toBe(400);
          expect(JSON.stringify(body)).toMatch(/no version number provided/i);
        }
      });

      it('starts at version 1 again after the metadata is gone', async () => {
        await write({ a: '1' });
        expect((await vault.call('DELETE', `secret/metadata/${path}`)).status).toBe(204);
        expect(await read()).toMatchObject({ status: 404, body: { errors: [] } });
        expect((await write({ a: '2' }, 0)).data.version).toBe(1);
      });

      it('plans the deletion of versions of a key with delete_version_after, and serves them until then', async () => {
        await vault.call('POST', `secret/metadata/${path}`, { delete_version_after: '1h30m' });
        const written = await write({ a: '1' });
        const lifeMs = Date.parse(String(written.data.deletion_time)) - Date.parse(String(written.data.created_time));
        expect(lifeMs).toBe(90 * 60_000);
        expect((await read()).data.metadata).toMatchObject({ deletion_time: written.data.deletion_time });
        expect((await metadata()).data.delete_version_after).toBe('1h30m0s');
      });

      it('forgets a planned deletion with an undelete after delete_version_after is 0 again, not before', async () => {
        await vault.call('POST', `secret/metadata/${path}`, { delete_version_after: '1h' });
        await write({ a: '1' });
        await vault.call('POST', `secret/undelete/${path}`, { versions: [1] });
        expect((await read()).data.metadata).not.toMatchObject({ deletion_time: '' });
        await vault.call('POST', `secret/metadata/${path}`, { delete_version_after: '0s' });
        expect((await read()).data.metadata).not.toMatchObject({ deletion_time: '' });
        await vault.call('POST', `secret/undelete/${path}`, { versions: [1] });
        expect((await read()).data.metadata).toMatchObject({ deletion_time: '' });
      });
    });

    describe('what it does not take', () => {
      it('refuses a version that is no number', async () => {
        const { status, body } = await vault.call('GET', `secret/data/${path}?version=abc`);
        expect(status).toBe(400);
        expect(JSON.stringify(body)).toContain('cannot parse');
      });

      it('refuses a negative delete_version_after of a key', async () => {
        const settings = { delete_version_after: '-1s' };
        const { status, body } = await vault.call('POST', `secret/metadata/${path}`, settings);
        const problem = 'error converting input for field "delete_version_after": cannot provide negative value \'-1\'';
        expect([status, body]).toEqual([400, { errors: [problem] }]);
      });

      it('answers 404 with a warning to a path that no version 2 mount has', async () => {
        const { status, body } = await vault.call('GET', `secret/nothing/${path}`);
        expect(status).toBe(404);
        expect(body).toMatchObject({ data: null, warnings: [expect.stringContaining('Invalid path for a versioned')] });
      });

      it('answers 405 to a method that it does not know', async () => {
        const { status, body } = await vault.call('OPTIONS', `secret/data/${path}`);
        expect([status, body]).toEqual([405, { errors: ['1 error occurred:\n\t* unsupported operation\n\n'] }]);
      });
    });

    describe('metadata', () => {
      it('lists what stands right below a folder', async () => {
        expect(await vault.call('GET', `secret/metadata/${path}?list=true`)).toMatchObject({ status: 404 });
        for (const below of ['b', 'a/x', 'a/y', 'b/z']) {
          await vault.call('POST', `secret/data/${path}/${below}`, { data: { a: '1' } });
        }
        const { data } = await vault.call('GET', `secret/metadata/${path}?list=true`);
        expect(data).toEqual({ keys: ['a/', 'b', 'b/'] });
      });

      it('tells the state of every version', async () => {
        await write({ a: '1' });
        await write({ a: '2' });
        await vault.call('POST', `secret/destroy/${path}`, { versions: [1] });
        const { data } = await metadata();
        expect(data).toMatchObject({ current_version: 2, cas_required: false, delete_version_after: '0s' });
        expect(data.versions).toMatchObject({ 1: { destroyed: true }, 2: { destroyed: false, deletion_time: '' } });
      });

      it('deletes nothing by itself where delete_version_after of the mount is negative', async () => {
        const mount = await connect().mountKv();
        await vault.call('POST', `${mount}/config`, { delete_version_after: '-1s' });
        expect((await vault.call('GET', `${mount}/config`)).data.delete_version_after).toBe('-1s');
        await vault.call('POST', `${mount}/metadata/${path}`, { delete_version_after: '1h' });
        const written = await vault.call('POST', `${mount}/data/${path}`, { data: { a: '1' } });
        expect(written.data.deletion_time).toBe('');
      });

      it('shows the settings of the mount', async () => {
        const { data } = await vault.call('GET', 'secret/config');
        expect(data).toEqual({ cas_required: false, max_versions: 0, delete_version_after: '0s' });
      });
    });

    describe('around it', () => {
      it('tells what a mount is', async () => {
        const { data } = await vault.call('GET', 'sys/internal/ui/mounts/secret');
        expect(data).toMatchObject({ type: 'kv', path: 'secret/', options: { version: '2' } });
      });

      it('answers 403 for a mount that is not there', async () => {
        expect((await vault.call('GET', 'sys/internal/ui/mounts/nowhere')).status).toBe(403);
      });

      it('names a path without a mount in the errors of its 404', async () => {
        const { status, body } = await vault.call('GET', 'nowhere/data/x');
        expect(status).toBe(404);
        expect(JSON.stringify(body)).toContain('no handler for route');
      });

      it('answers 403 without a token and with a dead one', async () => {
        for (const token of ['', 'hvs.dead']) {
          const stranger = createVaultProbe({ url: connect().url, token });
          const { status, body } = await stranger.call('GET', `secret/data/${path}`);
          expect(status).toBe(403);
          expect(JSON.stringify(body)).toContain('permission denied');
        }
      });

      it('lets a token look itself up', async () => {
        const { status, data } = await vault.call('GET', 'auth/token/lookup-self');
        expect([status, data.ttl, data.renewable]).toEqual([200, 0, false]);
        expect(data.policies).toEqual(['root']);
      });

      it('tells its health without a token', async () => {
        const { status, body } = await createVaultProbe({ url: connect().url, token: '' }).call('GET', 'sys/health');
        expect(status).toBe(200);
        expect(body).toMatchObject({ initialized: true, sealed: false, standby: false });
      });

      it.each<[NotServing, number, boolean]>([
        ['Sealed', 503, true],
        ['Uninitialized', 501, false],
      ])('says while it is %s that it is sealed, and its health says more', async (state, code, initialized) => {
        const stranger = createVaultProbe({ url: await connect().notServing(state), token: 'any' });
        const { status, body } = await stranger.call('GET', `secret/data/${path}`);
        expect([status, body]).toEqual([503, { errors: ['Vault is sealed'] }]);
        const health = await stranger.call('GET', 'sys/health');
        expect(health.status).toBe(code);
        expect(health.body).toMatchObject({ initialized, sealed: true, standby: true });
      });
    });
  });
}
