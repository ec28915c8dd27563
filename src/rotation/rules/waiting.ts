import { present } from '../conditions.ts';
import type { Decision } from '../decision.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts } from '../facts.ts';
import { statusOf } from '../transitions/status.ts';

const RETRY = 60_000;

/** Nothing moves without a human; looked at again every minute because the remedy may lie outside Kubernetes. */
export function stalled(facts: Facts, explanation: Explanation): Decision {
  return {
    type: 'Wait',
    requeueAfter: RETRY,
    status: present(facts, statusOf(facts), { stalled: explanation, rotating: explanation }),
  };
}

/** Waits for something that comes by itself. */
export function wait(facts: Facts, requeueAfter: number, rotating: Explanation): Decision {
  return { type: 'Wait', requeueAfter, status: present(facts, statusOf(facts), { rotating }) };
}
