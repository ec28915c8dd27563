import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../components/until.ts';
import { type PolicedPlane, shown, startPolicedPlane } from './policed-plane.ts';

const NAMESPACE = 'payments';
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
/** May make Secrets and tokens too. */
const ADA = 'ada';
/** The account that a KeyStore logs in as. */
const LOGIN = 'vault-writer';
const PEOPLE = `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${LOGIN}, namespace: ${NAMESPACE}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ada, namespace: ${NAMESPACE}}
rules: [{apiGroups: [""], resources: [secrets, serviceaccounts/token], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ada, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ada}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${ADA}}]
`;
/** Guides for IRSA on clusters that one runs oneself have the API server take it too. */
const AWS = 'sts.amazonaws.com';
const ASKS_FOR_A_TOKEN = { 'kubernetes.io/service-account.name': LOGIN };
const onlyOpaque = (type: string) => `the operator makes and changes Secrets of type Opaque only, not ${type}; `;

let policed: PolicedPlane;
const secret = (name: string, type?: string, annotations: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, annotations },
  ...(type && { type }),
  stringData: { key: 'the text of a key' },
});
const make = (body: object, query = '') => policed.sendAsOperator('POST', `${SECRETS}${query}`, body);

const TOKEN = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${LOGIN}/token`;
const tokenFor = (audiences: readonly string[]) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec: { audiences, expirationSeconds: 600 },
});
const ask = (audiences: readonly string[]) => policed.sendAsOperator('POST', TOKEN, tokenFor(audiences));

beforeAll(async () => {
  const commands = 'kubectl apply -f config/secret-policy.yaml -f config/token-policy.yaml';
  const apiServerFlags = [`--api-audiences=https://kubernetes.default.svc,${AWS}`];
  policed = await startPolicedPlane(NAMESPACE, { people: PEOPLE, commands, secretTargets: true, apiServerFlags });
  const areGuarded = async () =>
    (await make(secret('probe', 'any/type'), '?dryRun=All')).status === 403 && (await ask(['other'])).status === 403;
  await until(areGuarded, { what: 'the policies to be in force', timeoutMs: 30_000 });
});
afterAll(() => policed?.plane.stop());

describe('a Secret that the account of the operator writes', () => {
  it('may be of type Opaque, said or not, and be changed', async () => {
    expect(shown(await make(secret('unsaid')))).toMatch(/^201 /);
    expect(shown(await make(secret('said', 'Opaque')))).toMatch(/^201 /);
    const changed = { metadata: { annotations: { 'apikeyrotation.io/marker': '{}' } }, data: { key: null } };
    expect(shown(await policed.sendAsOperator('PATCH', `${SECRETS}/said`, changed))).toMatch(/^200 /);
  });

  it('never gets the token of an account', async () => {
    const type = 'kubernetes.io/service-account-token';
    const answer = shown(await make(secret('token', type, ASKS_FOR_A_TOKEN)));
    expect(answer).toMatch(/^403 /);
    expect(answer).toContain(onlyOpaque(type));
  });

  it('may be a target that somebody has annotated as one for a token, which its type keeps it from ever getting', async () => {
    expect(shown(await policed.send(ADA, 'POST', SECRETS, secret('annotated', 'Opaque', ASKS_FOR_A_TOKEN)))).toMatch(
      /^201 /,
    );
    const change = (body: object) => policed.sendAsOperator('PATCH', `${SECRETS}/annotated`, body);
    expect(shown(await change({ data: { key: btoa('another') } }))).toMatch(/^200 /);
    expect(shown(await change({ type: 'kubernetes.io/service-account-token' }))).toMatch(/^(403|422) /);
  });

  it.each(['helm.sh/release.v1', 'bootstrap.kubernetes.io/token', 'example.com/of-somebody'])(
    'is never of type %s, made or changed',
    async (type) => {
      const answer = shown(await make(secret('special', type)));
      expect(answer).toMatch(/^403 /);
      expect(answer).toContain(onlyOpaque(type));
      const name = type.replace('/', '.');
      expect(shown(await policed.send(ADA, 'POST', SECRETS, secret(name, type)))).toMatch(/^201 /);
      const changed = { data: { key: btoa('another') } };
      expect(shown(await policed.sendAsOperator('PATCH', `${SECRETS}/${name}`, changed))).toMatch(/^403 /);
    },
  );

  it('is the only one that is looked at: who else may write Secrets writes any', async () => {
    const body = secret('of-ada', 'kubernetes.io/service-account-token', ASKS_FOR_A_TOKEN);
    expect(shown(await policed.send(ADA, 'POST', SECRETS, body))).toMatch(/^201 /);
  });
});

describe('a token that the account of the operator asks for', () => {
  it('may be for a store', async () => {
    expect(shown(await ask(['vault']))).toMatch(/^201 /);
  });

  it('is not for AWS, whose audience this API server takes for its own, unless somebody lets it', async () => {
    const answer = shown(await ask([AWS]));
    expect(answer).toMatch(/^403 /);
    expect(answer).toContain('(of sts.amazonaws.com: policies.awsTokens)');
    const { body } = await policed.send(ADA, 'POST', TOKEN, tokenFor([AWS]));
    const { token } = (body as { status: { token: string } }).status;
    const whoAmI = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const seen = await policed.plane.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', whoAmI, {
      token,
    });
    expect(seen.body).toMatchObject({
      status: { userInfo: { username: `system:serviceaccount:${NAMESPACE}:${LOGIN}` } },
    });
  });

  it.each([
    ['said', ['https://kubernetes.default.svc.cluster.local'], 'https://kubernetes.default.svc.cluster.local'],
    ['unsaid', [], ''],
    ['beside another one', ['vault', 'https://kubernetes.default.svc'], 'vault, https://kubernetes.default.svc'],
  ])('is never for the Kubernetes API, %s', async (_how, audiences, told) => {
    const answer = shown(await ask(audiences));
    expect(answer).toMatch(/^403 /);
    expect(answer).toContain(`the operator makes tokens for vault only, not for ${told}`);
  });

  it('is the only one that is looked at: who else may make tokens makes any', async () => {
    expect(shown(await policed.send(ADA, 'POST', TOKEN, tokenFor([])))).toMatch(/^201 /);
  });
});
