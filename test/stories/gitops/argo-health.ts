import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lauxlib, lua, lualib, to_luastring } from 'fengari';

/** What Argo CD shows of an object. */
export interface ArgoHealth {
  readonly status: string;
  readonly message: string;
}

type State = ReturnType<typeof lauxlib.luaL_newstate>;

export const SCRIPT = readFileSync(join(import.meta.dirname, '../../../docs/gitops/argocd-health.lua'), 'utf8');

/**
 * Runs the script on an object as Argo CD does: `obj` is the object, and without `useOpenLibs` there is the base library alone. Argo
 * CD runs Lua 5.1, this is 5.3: the script keeps to what both understand.
 */
export function argoHealthOf(obj: object): ArgoHealth {
  const state = lauxlib.luaL_newstate();
  lauxlib.luaL_requiref(state, to_luastring('_G'), lualib.luaopen_base, 1);
  run(state, `obj = ${literal(JSON.parse(JSON.stringify(obj)))}`);
  run(state, SCRIPT);
  return { status: fieldOf(state, 'status'), message: fieldOf(state, 'message') };
}

function run(state: State, text: string): void {
  if (lauxlib.luaL_dostring(state, to_luastring(text)))
    throw new Error(`Lua: ${lua.lua_tojsstring(state, -1) ?? 'no message'}`);
}

/** Of the table on top of the stack. */
function fieldOf(state: State, name: string): string {
  lua.lua_getfield(state, -1, to_luastring(name));
  const text = lua.lua_tojsstring(state, -1);
  lua.lua_pop(state, 1);
  return text ?? '';
}

/** A JSON value as Lua writes it. */
function literal(value: unknown): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return `"${[...Buffer.from(value)].map(escaped).join('')}"`;
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`;
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value).map(([name, member]) => `[${literal(name)}]=${literal(member)}`);
  return `{${members.join(',')}}`;
}

function escaped(byte: number): string {
  return `\\${String(byte).padStart(3, '0')}`;
}
