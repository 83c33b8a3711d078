/** A command of the host for the guest. */
export type GuestCommand = { readonly words: readonly string[]; readonly input: string };
export type GuestResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Represents an empty text, since no word in a line can be empty. */
const NOTHING = "-";

const encode = (text: string): string =>
  text === "" ? NOTHING : Buffer.from(text, "utf8").toString("base64");
const decode = (word: string): string =>
  word === NOTHING ? "" : Buffer.from(word, "base64").toString("utf8");

/**
 * One line of the control port: number, standard input, words; the texts in base64, so that none
 * breaks the line.
 */
export function renderCommand(id: number, { words, input }: GuestCommand): string {
  return `${[String(id), encode(input), ...words.map(encode)].join(" ")}\n`;
}

/**
 * @returns the answer to which command, or that the guest is up; undefined where the line is none
 * of ours
 */
export function parseResult(
  line: string,
): { readonly id: number | "ready"; readonly result: GuestResult } | undefined {
  const match = /^(ready|\d+) (\d+) (\S+) (\S+)$/.exec(line.trim());
  if (match === null) return undefined;
  const [, id = "", exitCode = "", stdout = "", stderr = ""] = match;
  return {
    id: id === "ready" ? id : Number(id),
    result: { exitCode: Number(exitCode), stdout: decode(stdout), stderr: decode(stderr) },
  };
}
