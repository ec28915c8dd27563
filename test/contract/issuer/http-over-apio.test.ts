import { randomUUID } from 'node:crypto';
import { createHttpTransport } from '../../../src/http/transport.ts';
import type { HttpDeclaration } from '../../../src/issuers/http/declaration.ts';
import { createHttpWorlds } from '../../../src/issuers/http/http-worlds.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';
import { setUpApio } from './apio-setup.ts';
import { describeIssuer } from './issuer-contract.ts';

/** The same API as its own adapter speaks to, declared: whatever holds of the one holds of the other. */
function describeDeclared(
  name: string,
  change: (declaration: HttpDeclaration) => HttpDeclaration,
  tellsUse = true,
): void {
  describeIssuer(name, async () => {
    const { engine, server, close } = await setUpApio();
    const transport = createHttpTransport();
    const issuerWith = (credential: string): Issuer => {
      const [world] = createHttpWorlds({
        declaration: change(declaredApio(server.url.Live)),
        object: 'apio',
        secret: () => async () => new SecretValue(credential),
        transportFor: () => transport,
        clock: { now: Date.now, monotonic: () => performance.now() },
      });
      if (!world) throw new Error('one environment is declared');
      return world[1]({});
    };
    return {
      issuer: issuerWith(engine.createManager('Live', 'acme').text),
      stranger: issuerWith('apio_live_nobody0123456789'),
      spec: { organization: 'acme', environment: 'Live', permissions: ['payments:read'] },
      uid: randomUUID,
      repeated: 'conflict',
      tellsUse,
      close: async () => {
        await close();
        await transport.close();
      },
    };
  });
}

describeDeclared('HTTP adapter over the sandbox', (declaration) => declaration);
describeDeclared(
  'HTTP adapter that looks for keys in the list',
  ({ get: _, key: { lastUsedAt: __, ...key }, ...declaration }) => ({
    ...declaration,
    key,
    capabilities: { replay: 'ID' },
  }),
  false,
);
describeDeclared(
  'HTTP adapter whose probe tells nothing but the id',
  ({ verify: { record: _, ...verify }, ...rest }) => ({
    ...rest,
    verify: { ...verify, keyID: '/id' },
  }),
);
