/** One answer as it stood on the wire. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the connection ended before all of it had come. */
  readonly body: string | undefined;
};

/**
 * Reads what a server wrote to a connection, as one answer after the other.
 *
 * @throws {Error} for anything between answers, and for an answer that cannot be read
 */
export function readAnswers(received: string): readonly WireAnswer[] {
  const answers: WireAnswer[] = [];
  for (let rest = received; rest !== "";) {
    const [head = "", ...after] = rest.split("\r\n\r\n");
    if (after.length === 0) {
      if (!"HTTP/1.1 ".startsWith(head.slice(0, 9))) throw new Error(`no answer: ${head}`);
      break;
    }
    const [statusLine = "", ...lines] = head.split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) [\w -]+$/.exec(statusLine)?.[1];
    if (status === undefined) throw new Error(`no status line: ${statusLine}`);
    const headers = Object.fromEntries(
      lines.map((line) => {
        const [, name = "", value = ""] = /^([\w-]+): ?(.*)$/.exec(line) ?? [];
        if (name === "") throw new Error(`no header: ${line}`);
        return [name.toLowerCase(), value];
      }),
    );
    rest = after.join("\r\n\r\n");
    if (status.startsWith("1")) continue;
    const { body, length } = readBody(rest, headers);
    answers.push({ status: Number(status), headers, body });
    rest = rest.slice(length);
  }
  return answers;
}

function readBody(rest: string, headers: Readonly<Record<string, string>>) {
  // To HEAD, or with a status that has none: the next answer follows.
  if (rest === "" || rest.startsWith("HTTP/1.1 ")) return { body: "", length: 0 };
  if (headers["transfer-encoding"] === "chunked") {
    const end = rest.indexOf("0\r\n\r\n");
    return end === -1
      ? { body: undefined, length: rest.length }
      : { body: rest.slice(0, end), length: end + 5 };
  }
  const length = Number(headers["content-length"] ?? "0");
  return { body: rest.length < length ? undefined : rest.slice(0, length), length };
}
