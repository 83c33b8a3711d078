import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import * as z from "zod";

import type { AgentOutcome, AgentUnderTest } from "./check-agent.ts";

const outcome = z.object({ outcome: z.string(), code: z.string().optional() });

/**
 * An agent that is a command: `COMMAND FOLDER prepare BROKER CA-FILE ORDER SERIAL`, with the
 * enrolment code as standard input, and `COMMAND FOLDER unlock`. Each prints one JSON object with
 * `outcome`, and `code` if the broker refused. Disposing it removes the folder.
 */
export function commandAgent(command: readonly [string, ...string[]]): AgentUnderTest & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "databox-conformance-"));
  return {
    prepare: ({ broker, certificateAuthorityPem, order, serial, code }) => {
      const caFile = join(folder, "ca.pem");
      writeFileSync(caFile, certificateAuthorityPem);
      return run(command, [folder, "prepare", broker, caFile, order, serial], code);
    },
    unlock: () => run(command, [folder, "unlock"]),
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function run(
  [program, ...first]: readonly [string, ...string[]],
  parameters: readonly string[],
  input = "",
): Promise<AgentOutcome> {
  const child = spawn(program, [...first, ...parameters], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined); // an agent that reads no input has closed it
  child.stdin.end(input);
  const [printed, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"), // rejects if the program cannot be started
  ]);
  try {
    return outcome.parse(JSON.parse(printed));
  } catch (cause) {
    throw new Error(`the agent printed no outcome: ${printed}${complaint}`, { cause });
  }
}
