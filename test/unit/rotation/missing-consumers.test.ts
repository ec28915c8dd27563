import { expect, test } from 'vitest';
import { consumersText } from '../../../src/rotation/missing-consumers.ts';

test('consumers are named with what is missing of them', () => {
  const consumers = [{ name: 'api', message: 'waiting for reports of pod api-1' }, { name: 'batch' }];
  expect(consumersText(consumers)).toBe('api (waiting for reports of pod api-1), batch');
});

test('whatever they tell, a command that ends the wait fits in beside it', () => {
  const consumers = Array.from({ length: 16 }, (_, index) => ({
    name: `${index}`.repeat(63),
    message: 'x'.repeat(1024),
  }));
  const text = consumersText(consumers);
  expect(text.length).toBeLessThan(2_000);
  expect(text).toMatch(/x…\) and 11 more$/);
});
