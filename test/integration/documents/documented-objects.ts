import { parseAllDocuments } from 'yaml';
import { isObject, type JsonObject } from '../../../sandbox/kube/engine/json.ts';
import type { Block } from './block.ts';
import { completed } from './completed.ts';

/** Kinds of others, whose definitions no API server of these tests has, with the reason why their block is right. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  Kustomization: 'of Flux; the fields are those that kustomize.toolkit.fluxcd.io/v1 is published with',
  OCIRepository: 'of Flux; the fields are those that source.toolkit.fluxcd.io/v1 is published with',
  HelmRelease: 'of Flux, as helm.toolkit.fluxcd.io/v2; test/chart/documented.test.ts renders the chart with its values',
  Application: 'of Argo CD, as argoproj.io/v1alpha1; test/chart/documented.test.ts renders the chart with its values',
};

/** What a block of YAML declares, whole; it is a part where it has no apiVersion, or says that the rest is “as ever”. */
export function objectsOf({ text }: Block): readonly JsonObject[] {
  const filled = text.replace(/\$\{\w+\}/g, '0123456789abcdef');
  return parseAllDocuments(filled).map((document) => {
    const object: unknown = document.toJS();
    if (!isObject(object)) throw new Error(`no object: ${document}`);
    return 'apiVersion' in object && !/# .* as ever$/m.test(text) ? object : completed(object);
  });
}

export function isOfOthers({ kind }: JsonObject): boolean {
  return String(kind) in OF_OTHERS;
}
