import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import type { AskedPurpose } from "@databox-cmk/protocol";
import * as z from "zod";

import type { SplitAgent } from "./agent/agent-world.ts";

/** Programs in some languages print a member without a value as null. */
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const outcome = z.object({
  outcome: z.string(),
  code: optionalText,
  challenge: optionalText,
});

/** The parts of the device API beside enrolment, unlocks and receipts. */
export const PARTS = [
  "purposes",
  "approvals",
  "rekeying",
  "carried",
  "split",
  "leases",
  "erasure",
] as const;
export type Part = (typeof PARTS)[number];

/**
 * An agent that is a command, as the README says: `COMMAND FOLDER prepare …` and `COMMAND FOLDER
 * unlock`. Each prints one JSON object with `outcome`, and `code` if the broker refused. Disposing
 * it removes the folder.
 *
 * @param plays - the other parts that it plays
 */
export function commandAgent(
  command: readonly [string, ...string[]],
  plays: ReadonlySet<Part> = new Set(),
): SplitAgent & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "databox-conformance-"));
  const call = (words: readonly string[], input?: string) =>
    run(command, [folder, ...words], input);
  const playing = <Value>(part: Part, value: Value) => (plays.has(part) ? value : undefined);
  return {
    prepare: ({ broker, certificateAuthorityPem, order, serial, code }) => {
      const caFile = join(folder, "ca.pem");
      writeFileSync(caFile, certificateAuthorityPem);
      return call(["prepare", broker, caFile, order, serial], code);
    },
    unlock: () => call(["unlock"]),
    opens: async (unlockKey) => (await call(["opens"], unlockKey)).outcome === "opens",
    unlockFor: playing("purposes", (purpose: AskedPurpose) => call(["unlock", purpose])),
    another: playing("split", () => commandAgent(command, plays)),
    waits: plays.has("approvals"),
    rekey: playing("rekeying", () => call(["rekey"])),
    carried: playing("carried", {
      challenge: async () => (await call(["challenge"])).challenge ?? "",
      respond: (answer: string) => call(["respond"], answer),
    }),
    erase: playing("erasure", (serial: string) => call(["erase"], serial)),
    serve: playing("leases", () => Promise.resolve(serve(command, folder))),
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs until it is disposed, by SIGTERM. */
function serve([program, ...first]: readonly [string, ...string[]], folder: string) {
  const child = spawn(program, [...first, folder, "serve"], { stdio: "ignore" });
  const ended = once(child, "close");
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function run(
  [program, ...first]: readonly [string, ...string[]],
  parameters: readonly string[],
  input = "",
): Promise<z.infer<typeof outcome>> {
  const { printed, complaint } = await runCommand(program, [...first, ...parameters], input);
  try {
    return outcome.parse(JSON.parse(printed));
  } catch (cause) {
    throw new Error(`the agent printed no outcome: ${printed}${complaint}`, { cause });
  }
}

export type Ending = {
  readonly exitCode: number | null;
  readonly printed: string;
  readonly complaint: string;
};

/** Runs a program to its end. @throws {Error} when it cannot be started */
export async function runCommand(
  program: string,
  parameters: readonly string[],
  input = "",
): Promise<Ending> {
  const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined); // a program that reads no input has closed it
  child.stdin.end(input);
  const [printed, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"), // rejects if the program cannot be started
  ]);
  return { exitCode: child.exitCode, printed, complaint };
}
