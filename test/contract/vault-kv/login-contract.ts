import { beforeEach, describe, expect, it } from 'vitest';
import { createVaultProbe } from './vault-probe.ts';
import type { VaultStand } from './vault-stand.ts';

/** What we rely on in Vault's tokens and its JWT auth method. */
export function describeLoginContract(connect: () => VaultStand): void {
  describe('tokens and JWT logins', () => {
    let stand: VaultStand;
    const as = (token: string) => createVaultProbe({ url: stand.url, token });
    const logIn = (body: object) => as('').call('POST', `auth/${stand.jwtMount}/login`, body);
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
