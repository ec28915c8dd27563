/** As much of the Lua VM as `argo-health.ts` needs; it mirrors the C API of Lua 5.3. */
declare module 'fengari' {
  type State = object;
  type LuaString = Uint8Array;
  type Opener = (state: State) => number;

  export function to_luastring(text: string): LuaString;

  export const lauxlib: {
    luaL_newstate(): State;
    luaL_requiref(state: State, name: LuaString, open: Opener, global: number): void;
    /** False: it ran, and what it returned is on the stack; else the error is. */
    luaL_dostring(state: State, text: LuaString): boolean;
  };
  export const lualib: { luaopen_base: Opener };
  export const lua: {
    lua_getfield(state: State, index: number, name: LuaString): number;
    lua_tojsstring(state: State, index: number): string | null;
    lua_pop(state: State, count: number): void;
  };
}
