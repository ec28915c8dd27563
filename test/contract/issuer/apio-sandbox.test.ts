import { randomUUID } from 'node:crypto';
import { setUpApio } from './apio-setup.ts';
import { describeIssuer } from './issuer-contract.ts';

describeIssuer('APIO adapter over the sandbox', async () => {
  const { issuer, issuerWith, close } = await setUpApio();
  return {
    issuer,
    stranger: issuerWith('apio_live_nobody0123456789'),
    spec: { organization: 'acme', environment: 'Live', permissions: ['payments:read'] },
    uid: randomUUID,
    repeated: 'refused',
    tellsUse: true,
    close,
  };
});
