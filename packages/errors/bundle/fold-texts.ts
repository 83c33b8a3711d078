import { fileURLToPath } from "node:url";

/** The common part of Rolldown's and Vite's plugin type that this plugin needs. */
type Plugin = {
  readonly name: string;
  readonly load: (id: string) => Promise<string | undefined>;
};

const FOLDED = new Set(
  ["english", "german"].map((language) =>
    fileURLToPath(new URL(`../src/languages/${language}.ts`, import.meta.url)),
  ),
);

/**
 * Computes the texts of each language while a program is bundled and puts the values in place of
 * the modules. A program then holds the languages that it imports and not both: no German in the
 * agent, and in a page only in the part that is loaded for a German reader. The broker holds both,
 * for its messages to people. A program
 * that is bundled without this plugin works alike, and is larger.
 */
export function foldTexts(): Plugin {
  return {
    name: "fold-texts",
    async load(id) {
      if (!FOLDED.has(id)) return undefined;
      const values: Readonly<Record<string, unknown>> = await import(id);
      return renderModule(Object.entries(values).filter(([, value]) => typeof value === "object"));
    },
  };
}

/** Shorter ones are not worth a name. */
const SHARED_MIN_CHARACTERS = 40;

/**
 * A module that exports these values; those that occur more than once within them are written once.
 */
function renderModule(exports: readonly (readonly [name: string, value: unknown])[]): string {
  const counts = new Map<string, number>();
  JSON.stringify(exports, (_key, value: unknown) => {
    const json = JSON.stringify(value);
    counts.set(json, (counts.get(json) ?? 0) + 1);
    return value;
  });
  const shared = new Map<string, string>();
  const constants: string[] = [];

  function render(value: unknown): string {
    const json = JSON.stringify(value);
    if (json.length < SHARED_MIN_CHARACTERS || counts.get(json) === 1) return renderParts(value);
    const known = shared.get(json);
    if (known !== undefined) return known;
    const name = `shared${shared.size}`;
    shared.set(json, name);
    constants.push(`const ${name} = ${renderParts(value)};`);
    return name;
  }

  function renderParts(value: unknown): string {
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(render).join(",")}]`;
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}:${render(member)}`,
    );
    return `{${members.join(",")}}`;
  }

  const rendered = exports.map(([name, value]) => `export const ${name} = ${render(value)};`);
  return [...constants, ...rendered].join("\n");
}
