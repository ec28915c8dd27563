import type { ResourceDefinition } from '../resource.ts';
import { withBuiltInSchema } from './built-in-schemas.ts';
import { coreResources } from './core-resources.ts';
import { groupResources } from './group-resources.ts';

/** The built-in resources with their schemas: the same for every engine, and looked up once, since that takes long. */
export const builtInResources: readonly ResourceDefinition[] = [...coreResources, ...groupResources].map(
  withBuiltInSchema,
);
