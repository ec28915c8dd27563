import { setUpAws } from './aws-world.ts';
import { describeStoreContract } from './store-contract.ts';

describeStoreContract('AWSSecretsManager', setUpAws);
