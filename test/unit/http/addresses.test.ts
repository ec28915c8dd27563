import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createGuardedLookup, isDeniedAddress } from '../../../src/http/addresses.ts';

describe('addresses that are never called', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '[fd00:ec2::254]',
    'fe80::1%eth0',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '::169.254.169.254',
    '2002:a9fe:a9fe::1',
    '2002:a9fe:1:2::',
    '100.100.100.200',
    '::ffff:100.100.100.200',
    '64:ff9b::6464:64c8',
    '::100.100.100.200',
    '2002:6464:64c8::1',
    '168.63.129.16',
    '64:ff9b::168.63.129.16',
    '192.0.0.192',
    '64:ff9b::192.0.0.192',
    '2002:c000:c0::',
    '0.0.0.0',
    '0.1.2.3',
    '::ffff:0.0.0.0',
    '64:ff9b::0.0.0.0',
    '2002:0:1::',
    '::',
    'fd20:ce::254',
  ])('denies %s', (address) => expect(isDeniedAddress(address)).toBe(true));

  it.each([
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    'fd12:3456::1',
    '1.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '100.100.100.201',
    '192.0.0.191',
    '93.184.216.34',
    '64:ff9b::10.0.0.1',
    '2002:a9ff::',
    '2002:a00:1::',
    '::10.0.0.1',
    'fd00:ec2::253',
    'metadata.example',
  ])('lets %s pass', (address) => expect(isDeniedAddress(address)).toBe(false));
});

const metadataAmongOthers: LookupFunction = (_host, _options, callback) =>
  callback(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '169.254.169.254', family: 4 },
  ]);

describe('a lookup at connect time', () => {
  it('refuses an answer with one denied address among good ones', async () => {
    const lookup = createGuardedLookup(metadataAmongOthers);
    const error = await new Promise((resolve) => lookup('vault.example', { all: true }, resolve));
    expect(error).toMatchObject({ code: 'ADDRESS_DENIED', message: expect.stringContaining('169.254.169.254') });
  });

  it('hands on an answer without denied addresses', async () => {
    const lookup = createGuardedLookup((_host, _options, callback) => callback(null, '127.0.0.1', 4));
    const answer = await new Promise((resolve) => lookup('a.example', {}, (...args) => resolve(args)));
    expect(answer).toEqual([null, '127.0.0.1', 4]);
  });
});
