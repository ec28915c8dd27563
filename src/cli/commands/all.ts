import type { Command } from '../command.ts';
import { list } from './list.ts';
import { rotate } from './rotate.ts';
import { status } from './status.ts';

/** In the order of help. */
export const COMMANDS: readonly Command[] = [list, status, rotate];
