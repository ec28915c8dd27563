/** A kubeconfig that is of no use. Its message names file, problem and remedy, and quotes nothing of what is in the file. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}
