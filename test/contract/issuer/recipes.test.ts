import { GRAFANA } from '../../doubles/vendors/grafana.ts';
import { describeRecipe } from './recipe-contract.ts';

describeRecipe({
  file: 'grafana',
  vendor: GRAFANA,
  secrets: { token: 'glsa_admin_of_the_organization' },
  parameters: { serviceAccount: '2' },
  permissions: ['role-of-the-service-account'],
  issues: 'POST /api/serviceaccounts/:account/tokens',
  identifies: false,
  nobodys: `glsa_${'0'.repeat(32)}_0`,
});
