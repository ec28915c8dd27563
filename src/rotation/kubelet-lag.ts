/**
 * A kubelet hears of a changed Secret by a watch. One that is so far behind starts a pod with the old text after the API server has
 * shown the new one: what was created earlier than this after a Secret was seen to be new may have the old one.
 */
export const KUBELET_LAG_MS = 2_000;
