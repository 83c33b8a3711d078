/** Members of both, nested. */
type Joined<Strings, Functions> = {
  [Name in keyof (Strings & Functions)]: Name extends keyof Functions
    ? Name extends keyof Strings
      ? Joined<Strings[Name], Functions[Name]>
      : Functions[Name]
    : Name extends keyof Strings
      ? Strings[Name]
      : never;
};

const isPart = (text: unknown): text is object => typeof text === "object" && text !== null;

function join(strings: object, functions: object): object {
  const joined = new Map<string, unknown>(Object.entries(strings));
  for (const [name, part] of Object.entries(functions)) {
    const own = joined.get(name);
    joined.set(name, isPart(own) && isPart(part) ? join(own, part) : part);
  }
  return Object.fromEntries(joined);
}

/**
 * A language's texts: its catalogue (en.json, de.json), and beside each part of it the functions
 * for texts that contain values.
 */
export const joinTexts = <Strings extends object, Functions extends object>(
  strings: Strings,
  functions: Functions,
): Joined<Strings, Functions> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what join does, as a type
  join(strings, functions) as Joined<Strings, Functions>;

/** The text for a name that may not be in the catalogue, as of a newer service. */
export const textOf = (texts: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined;
