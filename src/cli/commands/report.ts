import { LABEL } from '../../api/names.ts';
import { reports } from '../../api/resources.ts';
import type { ApiKeyRotation, MigrationReport } from '../../api/types.ts';
import { pages } from '../../runtime/kube/pages.ts';
import type { Command, Session } from '../command.ts';
import { EXIT } from '../exit.ts';
import { getRotation } from '../rotations.ts';
import { publishedKeyOf } from '../view/account.ts';
import { tableLines } from '../view/table.ts';
import { relativeText } from '../view/times.ts';

const HEAD = ['CONSUMER', 'TYPE', 'REPORTER', 'REVISION', 'KEY', 'REPORTED', 'CURRENT'];

export const report: Command = {
  name: 'report',
  summary: 'who has shown which key it uses, and which pods have not',
  words: 'NAME',
  flags: {},
  async run({ words: [name = ''] }, session) {
    const object = await getRotation(session, name);
    const found = await reportsOf(session, object);
    const rows = found.map((each) => toldOf(each, object)).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const missing = missingOf(object);
    session.output.show({ reports: rows, missing }, () => [
      ...(rows.length > 0
        ? tableLines(
            HEAD,
            rows.map((row) => cellsOf(row, session)),
          )
        : ['Nobody has reported.']),
      ...missing.map(({ consumer, waitsFor }) => `Missing  ${consumer}: ${waitsFor}`),
    ]);
    return EXIT.done;
  },
};

interface Told {
  readonly consumer: string;
  readonly type: string;
  readonly reporter: string;
  readonly revision: number;
  readonly fingerprint: string;
  readonly reportedAt: string | undefined;
  /** Whether it is of the key and revision that consumers shall move to; whether it counts, the operator judges. */
  readonly current: boolean;
}

async function reportsOf({ kube, namespace }: Session, { metadata }: ApiKeyRotation): Promise<MigrationReport[]> {
  const found: MigrationReport[] = [];
  const labelSelector = `${LABEL.rotationUID}=${metadata.uid}`;
  for await (const page of pages<MigrationReport>(kube, { resource: reports, namespace, labelSelector }))
    found.push(...page);
  return found;
}

function toldOf({ metadata, spec }: MigrationReport, { status = {} }: ApiKeyRotation): Told {
  const { rotation, current, revision: running } = status;
  const wanted = (rotation && publishedKeyOf(rotation)) ?? current;
  const { consumer, type, reporter = {}, revision, fingerprint, reportedAt } = spec;
  return {
    consumer,
    type,
    reporter: reporter.podName ?? reporter.username ?? '',
    revision,
    fingerprint,
    reportedAt: reportedAt ?? metadata.creationTimestamp,
    current: revision === running && fingerprint === wanted?.fingerprint,
  };
}

const keyOf = ({ consumer, reporter }: Told) => `${consumer} ${reporter}`;

function cellsOf(
  { consumer, type, reporter, revision, fingerprint, reportedAt, current }: Told,
  { serverTime }: Session,
) {
  const age = relativeText(reportedAt, serverTime.lowerBound());
  return [consumer, type, reporter, String(revision), fingerprint, age, current ? 'yes' : 'no'];
}

function missingOf({ status }: ApiKeyRotation): readonly { readonly consumer: string; readonly waitsFor: string }[] {
  const pending = (status?.rotation?.consumers ?? []).filter(({ state }) => state === 'Pending');
  return pending.map(({ name, message = '' }) => ({ consumer: name, waitsFor: message.split('\n')[0] ?? '' }));
}
