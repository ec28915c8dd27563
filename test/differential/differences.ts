/**
 * Cases in which the sandbox differs from the real API server on purpose, and why. At most 2 % of P1, none of P0; the
 * tests refuse an entry whose case does not exist or does not differ any more.
 */
export const differencesOnPurpose: Readonly<Record<string, string>> = {};
