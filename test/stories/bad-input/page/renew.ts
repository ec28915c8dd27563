// Writes docs/troubleshooting.md. With --check it writes nothing and fails when the page is stale.
import { join } from 'node:path';
import { renew } from '../../../../scripts/generated.ts';
import { troubleshooting } from './page.ts';

await renew(join(import.meta.dirname, '../../../../docs/troubleshooting.md'), troubleshooting());
