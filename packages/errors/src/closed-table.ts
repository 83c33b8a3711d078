/** The names of a closed table, in its order. Object.keys forgets their type. */
export function namesOf<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
): readonly Name[] {
  return Object.keys(table).filter((name): name is Name => Object.hasOwn(table, name));
}

/**
 * Without the members that are undefined: for HTTP headers, which must not be, and for what is
 * counted or laid over something else.
 */
export function withoutUndefined<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names
  return Object.fromEntries(entries) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}

/** A table with the same names and other values. Object.fromEntries forgets the names' type. */
export function mapValues<Name extends string, From, To>(
  table: Readonly<Record<Name, From>>,
  map: (value: From) => To,
): Readonly<Record<Name, To>> {
  const entries = namesOf(table).map((name) => [name, map(table[name])] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names
  return Object.fromEntries(entries) as Record<Name, To>;
}
