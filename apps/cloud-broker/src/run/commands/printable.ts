/** They end a line or steer a terminal: the text of another could show another verdict by them. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Escapes such characters as JSON does, so that a line of JSON stays what it is. */
export const printable = (line: string): string =>
  line.replaceAll(UNPRINTABLE, (found) =>
    Array.from(
      { length: found.length },
      (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
