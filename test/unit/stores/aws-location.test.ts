import { expect, test } from 'vitest';
import { awsLocation } from '../../../src/stores/aws/aws-location.ts';

const ACCOUNT = '123456789012';

/** As the SDK resolves them, partition by partition. */
test.each([
  ['eu-north-1', 'eu-north-1.amazonaws.com'],
  ['us-gov-west-1', 'us-gov-west-1.amazonaws.com'],
  ['cn-northwest-1', 'cn-northwest-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'eusc-de-east-1.amazonaws.eu'],
  ['us-iso-east-1', 'us-iso-east-1.c2s.ic.gov'],
  ['us-isob-east-1', 'us-isob-east-1.sc2s.sgov.gov'],
  ['us-isof-south-1', 'us-isof-south-1.csp.hci.ic.gov'],
  ['eu-isoe-west-1', 'eu-isoe-west-1.cloud.adc-e.uk'],
])('secrets of %s are asked for under %s', (region, domain) => {
  const { endpoints, address } = awsLocation({ region, accountID: ACCOUNT });
  expect(endpoints).toEqual({ secretsManager: `https://secretsmanager.${domain}`, sts: `https://sts.${domain}` });
  expect(address).toBe(`aws:${region}:${ACCOUNT}`);
});
