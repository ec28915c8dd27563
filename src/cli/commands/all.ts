import type { Command } from '../command.ts';
import { approve } from './approve.ts';
import { confirmRevoked } from './confirm-revoked.ts';
import { deliver } from './deliver.ts';
import { doctor } from './doctor.ts';
import { explainWait } from './explain-wait.ts';
import { history } from './history.ts';
import { list } from './list.ts';
import { report } from './report.ts';
import { rollback } from './rollback.ts';
import { rotate } from './rotate.ts';
import { scaffold } from './scaffold.ts';
import { status } from './status.ts';
import { resume, suspend } from './suspend.ts';

/** In the order of help. */
export const COMMANDS: readonly Command[] = [
  list,
  status,
  explainWait,
  report,
  history,
  rotate,
  rollback,
  approve,
  suspend,
  resume,
  deliver,
  confirmRevoked,
  scaffold,
  doctor,
];
