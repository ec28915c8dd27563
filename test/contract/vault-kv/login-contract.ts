import { beforeEach, describe, expect, it } from 'vitest';
import { createVaultProbe } from './vault-probe.ts';
import type { VaultStand } from './vault-stand.ts';

/** What we rely on in Vault's tokens and its auth methods. */
export function describeLoginContract(connect: () => VaultStand): void {
  describe('tokens and logins', () => {
    let stand: VaultStand;
    const as = (token: string) => createVaultProbe({ url: stand.url, token });
    const logInAt = (method: keyof VaultStand['mounts'], body: object) =>
      as('').call('POST', `auth/${stand.mounts[method]}/login`, body);
    const logIn = (body: object) => logInAt('jwt', body);
    const errorsOf = ({ body }: { body: unknown }) => String((body as { errors?: string[] }).errors);
    beforeEach(() => {
      stand = connect();
    });

    it('lets a role in for its time, renewable, under its policy and the default one', async () => {
      const { status, body } = await logIn({ role: stand.name, jwt: await stand.jwt() });
      expect(status).toBe(200);
      const policies = ['default', stand.name].sort();
      const lease = { lease_duration: 600, renewable: true, token_type: 'service' };
      const auth = { ...lease, policies, token_policies: policies, metadata: { role: stand.name } };
      expect(body).toMatchObject({ data: null, auth });
    });

    it('lets a role of the kubernetes method in likewise', async () => {
      const { status, body } = await logInAt('kubernetes', { role: stand.name, jwt: await stand.jwt() });
      expect(status).toBe(200);
      const policies = ['default', stand.name].sort();
      const auth = { lease_duration: 600, renewable: true, token_type: 'service', policies, token_policies: policies };
      expect(body).toMatchObject({ data: null, auth: { ...auth, metadata: { role: stand.name } } });
    });

    it('lets a role of the approle method in likewise', async () => {
      const { roleID, secretID } = await stand.appRole();
      const { status, body } = await logInAt('approle', { role_id: roleID, secret_id: secretID });
      expect(status).toBe(200);
      const policies = ['default', stand.name].sort();
      const auth = { lease_duration: 600, renewable: true, token_type: 'service', policies, token_policies: policies };
      expect(body).toMatchObject({ data: null, auth: { ...auth, metadata: { role_name: stand.name } } });
    });

    it.each<[string, () => Promise<object>, number, string | RegExp]>([
      ['without a role', async () => ({ jwt: 'x' }), 400, 'missing role'],
      ['without a JWT', async () => ({ role: stand.name }), 400, 'missing jwt'],
      ['as a role that is not there', async () => ({ role: 'nobody', jwt: 'x' }), 400, 'invalid role name "nobody"'],
      [
        'with a token of another account',
        async () => ({ role: stand.name, jwt: await stand.foreignJwt('another account') }),
        403,
        'service account name not authorized',
      ],
      [
        'with a token for another audience',
        async () => ({ role: stand.name, jwt: await stand.foreignJwt('another audience') }),
        403,
        /audience|^permission denied$/,
      ],
    ])('refuses a login at kubernetes %s', async (_, request, code, problem) => {
      await stand.jwt();
      const answer = await logInAt('kubernetes', await request());
      expect(answer.status).toBe(code);
      expect(errorsOf(answer)).toMatch(problem);
    });

    it.each<[string, (right: { role_id: string; secret_id: string }) => object, string]>([
      ['without a secret id', ({ role_id }) => ({ role_id }), 'missing secret_id'],
      ['with an unknown role id', (right) => ({ ...right, role_id: 'x' }), 'invalid role or secret ID'],
      ['with an unknown secret id', (right) => ({ ...right, secret_id: 'x' }), 'invalid role or secret ID'],
    ])('refuses a login at approle %s with 400', async (_, wrong, problem) => {
      const { roleID, secretID } = await stand.appRole();
      const answer = await logInAt('approle', wrong({ role_id: roleID, secret_id: secretID }));
      expect([answer.status, errorsOf(answer)]).toEqual([400, problem]);
    });

    it('answers a login at a method that is not there like a path that nobody may reach', async () => {
      const answer = await as('').call('POST', 'auth/nowhere/login', { role: 'x', jwt: 'x' });
      expect([answer.status, errorsOf(answer)]).toEqual([403, 'permission denied']);
    });

    it('lets the token of a login look itself up, and renew itself', async () => {
      const { body } = await logIn({ role: stand.name, jwt: await stand.jwt() });
      const { client_token: token } = (body as { auth: { client_token: string } }).auth;
      const { data } = await as(token).call('GET', 'auth/token/lookup-self');
      expect(data).toMatchObject({ id: token, renewable: true, creation_ttl: 600, type: 'service' });
      expect(data.ttl).toBeGreaterThan(590);
      const renewed = await as(token).call('POST', 'auth/token/renew-self', {});
      expect(renewed.status).toBe(200);
      expect(renewed.body).toMatchObject({ auth: { client_token: token, renewable: true, lease_duration: 600 } });
    });

    it.each<[string, object, string]>([
      ['without a role', { jwt: 'x' }, 'missing role'],
      ['as a role that is not there', { role: 'nobody', jwt: 'x' }, 'role "nobody" could not be found'],
      ['with nothing that could be a JWT', { jwt: 'x' }, 'error validating token: error verifying token signature'],
      ['without a JWT', { jwt: '' }, 'missing token'],
    ])('refuses a login %s with 400', async (what, request, problem) => {
      await stand.jwt();
      const answer = await logIn(what === 'without a role' ? request : { role: stand.name, ...request });
      expect(answer.status).toBe(400);
      expect(errorsOf(answer)).toContain(problem);
    });

    it('denies what no policy allows with 403, in other words than a dead token', async () => {
      await stand.setPolicy([]);
      const denied = await as(await stand.createToken()).call('GET', 'secret/data/x');
      expect([denied.status, errorsOf(denied)]).toEqual([403, '1 error occurred:\n\t* permission denied\n\n']);
      const dead = await as('hvs.dead').call('GET', 'secret/data/x');
      expect([dead.status, errorsOf(dead)]).toEqual([
        403,
        '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n',
      ]);
    });

    it('lets a token without the default policy neither look itself up nor renew itself', async () => {
      const token = await stand.createToken({ noDefaultPolicy: true });
      expect((await as(token).call('GET', 'auth/token/lookup-self')).status).toBe(403);
      expect((await as(token).call('POST', 'auth/token/renew-self', {})).status).toBe(403);
    });

    it('answers 403 to a token that was revoked', async () => {
      const token = await stand.createToken();
      expect((await as(token).call('GET', 'auth/token/lookup-self')).status).toBe(200);
      await stand.revoke(token);
      expect((await as(token).call('GET', 'auth/token/lookup-self')).status).toBe(403);
    });
  });
}
