const noFieldManagers =
  'The sandbox keeps no field managers, without which server-side apply would pretend. The operator does not use it, and no kubectl command that we promise does. It is refused with 415; what a real server refuses too is refused in its words.';

/**
 * Cases in which the sandbox differs from the real API server on purpose, and why. At most 2 % of P1, none of P0; the
 * tests refuse an entry whose case does not exist or does not differ any more.
 */
export const differencesOnPurpose: Readonly<Record<string, string>> = {
  'applying creates what is not there': noFieldManagers,
  'applying over the field of another manager is a conflict': noFieldManagers,
  'Events are served by their own group too':
    'The operator writes Events of the core group and kubectl reads them there; events.k8s.io would be a second name for the same objects.',
};
