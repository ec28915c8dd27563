import { NAMESPACE } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import { VAULT_URL } from '../network.ts';
import { type Newcomer, VAULT } from '../newcomer.ts';
import { notReady, withVault } from './vault-spec.ts';

const JWT = { type: 'JWT', token: null, jwt: { role: 'keys', serviceAccountName: 'api' } };
const KUBERNETES = { type: 'Kubernetes', token: null, kubernetes: { role: 'keys', serviceAccountName: 'api' } };
const APP_ROLE = {
  type: 'AppRole',
  token: null,
  appRole: { roleID: 'keys', secretRef: { name: 'vault', key: 'token' } },
};
/** As it was before. */
const RIGHT = {
  caRef: null,
  auth: {
    type: 'Token',
    jwt: null,
    kubernetes: null,
    appRole: null,
    token: { secretRef: { name: 'vault', key: 'token' } },
  },
};

const TRUSTED = { kind: 'ConfigMap', name: 'vault-ca', key: 'ca.crt' };
const trustNothing = (newcomer: Newcomer) => newcomer.change({ vault: RIGHT }, VAULT);

/** Stores at Vault that nobody lets in, and certificates that are not there. */
export const VAULT_LOGINS: readonly BadInput[] = [
  {
    did: 'named a role that Vault does not have',
    seen: notReady('VaultLoginRefused'),
    ...withVault({ auth: JWT }, RIGHT),
    message:
      'Vault https://vault.test refused the login as role keys at auth/jwt: check that the role exists and that its bound audience and subject are those of the ServiceAccount',
    names: [VAULT_URL, 'role keys', 'check that the role exists'],
    remedy:
      '`vault read auth/jwt/role/keys`; its bound audience is `vault` unless the store says otherwise, its subject `system:serviceaccount:payments:api`.',
  },
  {
    did: 'let the store log in with a ServiceAccount that is not there',
    seen: notReady('ServiceAccountNotFound'),
    ...withVault({ auth: { ...JWT, jwt: { role: 'keys', serviceAccountName: 'valut' } } }, RIGHT),
    message:
      'ServiceAccount payments/valut does not exist; create it, or correct spec.vault.auth.jwt.serviceAccountName of the KeyStore',
    names: ['ServiceAccount payments/valut', 'spec.vault.auth.jwt.serviceAccountName'],
    remedy: '`kubectl -n payments create serviceaccount valut`, or correct the name.',
  },
  {
    did: 'asked for a token of an audience that the operator may not have made',
    seen: notReady('AudienceNotAllowed'),
    ...withVault({ auth: { ...JWT, jwt: { ...JWT.jwt, audience: 'https://kubernetes.default.svc' } } }, RIGHT),
    message:
      'KeyStore field spec.vault.auth.jwt.audience is "https://kubernetes.default.svc", allowed is vault: correct the field, or let whoever runs the operator add the audience to --store-audiences; no token was made',
    names: ['spec.vault.auth.jwt.audience', '--store-audiences'],
    remedy: 'Leave `audience` away, or start the operator with that audience in `--store-audiences`.',
  },
  {
    did: 'named a role of auth/kubernetes that does not let the ServiceAccount in',
    seen: notReady('VaultLoginRefused'),
    ...withVault({ auth: KUBERNETES }, RIGHT),
    message:
      "Vault https://vault.test refused the login as role keys at auth/kubernetes: check that the role exists, that its bound_service_account_names, bound_service_account_namespaces and audience are those of the store's ServiceAccount, and that Vault may create TokenReviews",
    names: [VAULT_URL, 'role keys', 'bound_service_account_names', 'TokenReviews'],
    remedy:
      '`vault read auth/kubernetes/role/keys`: names `api`, namespaces `payments`, audience `vault` unless the store says otherwise; [stores-vault.md](stores-vault.md) has the whole set-up.',
  },
  {
    did: 'gave the store a secret id that is used up',
    seen: notReady('VaultLoginRefused'),
    ...withVault({ auth: APP_ROLE }, RIGHT),
    message:
      'Vault https://vault.test refused the login by AppRole at auth/approle: check roleID, and the secret id in the Secret: it may have expired, be used up, or be bound to other addresses',
    names: [VAULT_URL, 'auth/approle', 'roleID', 'the secret id in the Secret'],
    remedy:
      '`vault write -f auth/approle/role/<role>/secret-id`, and put it into the Secret; make the role with `secret_id_num_uses=0`.',
  },
  {
    did: 'named certificates to trust that are not there',
    seen: notReady('CertificatesNotFound'),
    ...withVault({ caRef: TRUSTED }, RIGHT),
    message: 'ConfigMap payments/vault-ca does not exist; write the certificates there (key ca.crt), or correct caRef',
    names: ['ConfigMap payments/vault-ca', 'ca.crt', 'caRef'],
    remedy: '`kubectl -n payments create configmap vault-ca --from-file=ca.crt`, or leave `caRef` away.',
  },
  {
    did: 'named something else than a certificate to be trusted',
    seen: notReady('InvalidCertificates'),
    wrong: (newcomer) => {
      newcomer.make({ kind: 'ConfigMap', metadata: { name: TRUSTED.name }, data: { 'ca.crt': 'MIIB...' } });
      newcomer.change({ vault: { caRef: TRUSTED } }, VAULT);
      return newcomer.create();
    },
    correct: trustNothing,
    message:
      'ConfigMap payments/vault-ca, key ca.crt, holds no certificate; write certificates in PEM there: -----BEGIN CERTIFICATE----- and what follows it',
    names: [`ConfigMap ${NAMESPACE}/vault-ca`, 'key ca.crt', '-----BEGIN CERTIFICATE-----'],
    remedy: '`openssl x509 -in ca.crt -noout -subject` tells whether it is one; one in DER is turned by `-inform der`.',
  },
];
