import { describeStoreContract } from './store-contract.ts';
import { setUpVault } from './vault-world.ts';

describeStoreContract('Vault', setUpVault);
