import { builtinModules } from "node:module";

/** The common part of Rolldown's plugin type that this plugin needs. */
type Plugin = {
  readonly name: string;
  readonly renderChunk: (code: string) => { readonly code: string; readonly map: null };
};

const IMPORT =
  /^import (?:(?<whole>[\w$]+)(?:, )?)?(?:\* as (?<space>[\w$]+)|\{(?<members>[^}]*)\})? from "(?<module>[^"]+)";$/gm;
const isBuiltin = (name: string) => name.startsWith("node:") || builtinModules.includes(name);

/**
 * `import { x } from "node:y"` → `const { x } = process.getBuiltinModule("node:y")`. For an import
 * Node first reads every export of the module, and with it what hides behind lazy ones
 * (fs.promises, the root certificates, and all of undici behind node:http): 5 ms of an agent's cold
 * start, 50 ms of a broker's. A chunk has its imports first, so nothing uses a constant too early.
 */
export const builtinsWithoutImport: Plugin = {
  name: "builtins-without-import",
  // Every line stays where it is, and so does its place in the source map.
  renderChunk: (code) => ({
    map: null,
    code: code.replaceAll(IMPORT, (line, ...rest) => {
      const { whole, space, members, module }: Record<string, string | undefined> = rest.at(-1);
      if (module === undefined || !isBuiltin(module)) return line;
      // A chunk may import `process` itself under this name.
      const value = `globalThis.process.getBuiltinModule("${module}")`;
      return [
        whole,
        space,
        members === undefined ? undefined : `{${members.replaceAll(/\bas\b/g, ":")}}`,
      ]
        .filter((name) => name !== undefined)
        .map((name) => `const ${name} = ${value};`)
        .join(" ");
    }),
  }),
};
