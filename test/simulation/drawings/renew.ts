// Draws the sequence diagrams of docs/protocol.md anew, from simulated runs.
import { writeFile } from 'node:fs/promises';
import { DOCUMENT, redraw } from './document.ts';

const { present, fresh } = await redraw();
if (fresh !== present) await writeFile(DOCUMENT, fresh);
