import type { HistoryEntry } from '../../api/types.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { getRotation } from '../rotations.ts';
import { tableLines } from '../view/table.ts';
import { ageText, timeText } from '../view/times.ts';

const HEAD = ['REVISION', 'RESULT', 'TRIGGER', 'BEGUN', 'TOOK', 'KEY', 'REVOKED', 'BY', 'REASON'];

export const history: Command = {
  name: 'history',
  summary: 'the rotations that have ended, newest first',
  words: 'NAME',
  flags: {},
  async run({ words: [name = ''] }, session) {
    const { status = {} } = await getRotation(session, name);
    const { history: entries = [], rotation, revision } = status;
    const running = rotation ? [`Revision ${revision} is running since ${timeText(rotation.startedAt)}.`] : [];
    session.output.show(entries, () => [
      ...running,
      ...(entries.length > 0 ? tableLines(HEAD, entries.map(rowOf)) : ['No rotation has ended yet.']),
    ]);
    return EXIT.done;
  },
};

function rowOf(entry: HistoryEntry): readonly string[] {
  const { revision, result, trigger, startedAt, finishedAt, keyID, revokedKeyID, basis, reason, rollbackOf } = entry;
  const took = Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '');
  const why = [...(rollbackOf === undefined ? [] : [`rolls revision ${rollbackOf} back`]), ...(reason ? [reason] : [])];
  return [
    String(revision),
    result,
    trigger,
    timeText(startedAt),
    Number.isNaN(took) ? '' : ageText(took),
    keyID ?? '',
    revokedKeyID ?? '',
    basis ?? '',
    why.join('; '),
  ];
}
