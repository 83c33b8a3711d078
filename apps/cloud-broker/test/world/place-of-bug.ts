const BUG = /"error":"(?:ReferenceError|TypeError|SyntaxError|RangeError)"/;

/** The log line of a bug of the broker, of which callers get an InternalError alone. */
export const placeOfBug = (line: string): string | undefined =>
  BUG.test(line) ? `A bug inside the broker: ${line.replaceAll(String.raw`\n`, "\n")}` : undefined;
