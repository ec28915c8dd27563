import { ATLAS } from '../../doubles/vendors/atlas.ts';
import { CLOUDFLARE } from '../../doubles/vendors/cloudflare.ts';
import { CONFLUENT } from '../../doubles/vendors/confluent.ts';
import { DATADOG } from '../../doubles/vendors/datadog.ts';
import { GITLAB } from '../../doubles/vendors/gitlab.ts';
import { GRAFANA } from '../../doubles/vendors/grafana.ts';
import { OPENAI } from '../../doubles/vendors/openai.ts';
import { SENDGRID } from '../../doubles/vendors/sendgrid.ts';
import { describeRecipe, type RecipeUnderTest } from './recipe-contract.ts';

const RECIPES: readonly RecipeUnderTest[] = [
  {
    file: 'grafana',
    vendor: GRAFANA,
    secrets: { token: 'glsa_admin_of_the_organization' },
    parameters: { serviceAccount: '2' },
    permissions: ['role-of-the-service-account'],
    issues: 'POST /api/serviceaccounts/:account/tokens',
    identifies: false,
    nobodys: `glsa_${'0'.repeat(32)}_0`,
  },
  {
    file: 'gitlab',
    vendor: GITLAB,
    secrets: { token: 'glpat-owner-of-the-project' },
    parameters: { project: '7' },
    permissions: ['read_api', 'read_repository'],
    issues: 'POST /api/v4/projects/:project/access_tokens',
    identifies: true,
    tellsUse: true,
    nobodys: `glpat-${'0'.repeat(20)}`,
  },
  {
    file: 'datadog',
    vendor: DATADOG,
    secrets: { apiKey: 'the-api-key', applicationKey: 'the-application-key' },
    permissions: ['submit'],
    issues: 'POST /api/v2/api_keys',
    identifies: false,
    nobodys: '0'.repeat(32),
  },
  {
    file: 'sendgrid',
    vendor: SENDGRID,
    secrets: { token: 'SG.admin.of-the-account' },
    permissions: ['mail.send', 'alerts.read'],
    issues: 'POST /v3/api_keys',
    identifies: true,
    nobodys: `SG.nobody.${'0'.repeat(43)}`,
  },
  {
    file: 'cloudflare',
    vendor: CLOUDFLARE,
    secrets: { token: 'token-that-makes-tokens' },
    permissions: ['c8fed203ed3043cba015a93ad1616f1f', '82e64a83756745bbbb1c9c2701bf816b'],
    issues: 'POST /client/v4/accounts/:account/tokens',
    identifies: true,
    nobodys: '0'.repeat(40),
  },
  {
    file: 'openai',
    vendor: OPENAI,
    secrets: { adminKey: 'sk-admin-of-the-organization' },
    parameters: { project: 'proj_abc' },
    permissions: ['member-of-the-project'],
    issues: 'POST /v1/organization/projects/:project/service_accounts',
    identifies: false,
    nobodys: `sk-svcacct-${'0'.repeat(46)}`,
  },
  {
    file: 'confluent',
    vendor: CONFLUENT,
    secrets: { key: 'ADMIN', secret: 'the-secret-of-the-admin' },
    parameters: { serviceAccount: 'sa-abc123' },
    permissions: ['roles-of-the-service-account'],
    issues: 'POST /iam/v2/api-keys',
    identifies: true,
    nobodys: '0'.repeat(64),
  },
  {
    file: 'mongodb-atlas',
    vendor: ATLAS,
    secrets: { clientID: 'mdb_sa_id_admin', clientSecret: 'mdb_sa_sk_the-secret-of-the-admin' },
    parameters: { organization: '0123456789abcdef01234567' },
    permissions: ['ORG_READ_ONLY'],
    issues: 'POST /api/atlas/v2/orgs/:org/serviceAccounts',
    identifies: true,
    nobodys: `mdb_sa_sk_${'0'.repeat(40)}`,
  },
];

for (const recipe of RECIPES) describeRecipe(recipe);
