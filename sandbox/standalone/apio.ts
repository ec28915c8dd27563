import { ApioEngine } from '../apio/engine/apio-engine.ts';
import { startApioServer } from '../apio/front/server.ts';
import { machine, type Part } from './part.ts';

const ORGANIZATION = 'acme';

/** The issuing API with a management credential for each world. */
export const apioPart: Part = {
  ports: 3,
  start: async (port) => {
    const engine = new ApioEngine(machine);
    const [live, test] = [engine.createManager('Live', ORGANIZATION), engine.createManager('Test', ORGANIZATION)];
    const { url, adminUrl, close } = await startApioServer({ engine, port });
    const issue = JSON.stringify({ organization: ORGANIZATION, environment: 'Live', permissions: ['payments:read'] });
    return {
      close,
      lines: [
        `# issuing API (APIO): Live and Test are separate worlds; organization ${ORGANIZATION}`,
        `export APIO_LIVE_URL=${url.Live} APIO_LIVE_CREDENTIAL=${live.text}`,
        `export APIO_TEST_URL=${url.Test} APIO_TEST_CREDENTIAL=${test.text}`,
        `export APIO_ADMIN_URL=${adminUrl}`,
        `curl -H "Authorization: Bearer $APIO_LIVE_CREDENTIAL" -d '${issue}' $APIO_LIVE_URL/v1/api-keys`,
        'curl -H "Authorization: Bearer <the key of that answer>" $APIO_LIVE_URL/v1/payments',
        'curl $APIO_ADMIN_URL/ledger',
      ],
    };
  },
};
