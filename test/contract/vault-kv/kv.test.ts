import { afterAll, beforeAll } from 'vitest';
import { describeKeyValueContract } from './kv-contract.ts';
import { describeLoginContract } from './login-contract.ts';
import { standAtVault, type VaultStand } from './vault-stand.ts';

let stand: VaultStand;
beforeAll(async () => {
  stand = await standAtVault();
});
afterAll(() => stand.close());

describeKeyValueContract(() => stand);
describeLoginContract(() => stand);
