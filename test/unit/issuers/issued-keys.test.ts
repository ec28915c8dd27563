import { describe, expect, test } from 'vitest';
import { readIssued } from '../../../src/issuers/http/issuing.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';

const DECLARED = declaredApio('https://vendor.test');
const ATTEMPT = { installation: 'i', uid: 'u', revision: 1, attempt: 1 };
const ID = 'SK0123456789abcdef0123456789abcdef';
const TEXT = '0123456789ABCDEF0123456789ABCDEF';

const read = (answer: { id: string; key: string }, keyIDPattern?: string) => {
  const key = { ...DECLARED.key, ...(keyIDPattern === undefined ? {} : { keyIDPattern }) };
  const issued = readIssued({ ...DECLARED, key }, 'Live', ATTEMPT, { environment: 'Live', permissions: [] }, answer);
  return issued?.type === 'Issued' ? issued.record.keyID : issued?.type;
};

describe('a vendor whose ids are as long as its keys', () => {
  const rows: readonly [string, { id: string; key: string }, string | undefined, string | undefined][] = [
    ['is not believed', { id: ID, key: TEXT }, undefined, 'Disclosing'],
    ['is believed where it says what ids look like', { id: ID, key: TEXT }, 'SK[0-9a-f]{32}', ID],
    ['but has no id in the place of a key', { id: TEXT, key: ID }, 'SK[0-9a-f]{32}', undefined],
    ['is not believed where a key may look so too', { id: ID, key: TEXT }, '[A-Za-z0-9]+', 'Disclosing'],
    ['nor where the id has the key in it', { id: `SK${TEXT}`, key: TEXT }, 'SK[0-9A-F]+', 'Disclosing'],
  ];
  test.each(rows)('%s', (_what, answer, pattern, found) => expect(read(answer, pattern)).toBe(found));
});
