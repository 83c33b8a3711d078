import { readFileSync } from "node:fs";

import { Agent, request } from "undici";
import * as z from "zod";

import { loopbackLookup } from "../loopback-lookup.ts";

export type ControlTarget = { readonly controlUrl: string; readonly caFile: string };

const errorBody = z.object({ error: z.object({ message: z.string() }) });

/**
 * One call of the control API.
 *
 * @throws Error with one line that says how to continue: no emulator is running there, or the
 * reason of its refusal.
 */
export async function callControl(
  target: ControlTarget,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: object,
): Promise<unknown> {
  const agent = new Agent({
    connect: { ca: readAuthority(target.caFile), lookup: loopbackLookup },
  });
  try {
    const answer = await request(`${target.controlUrl}${path}`, {
      method,
      dispatcher: agent,
      headers: body === undefined ? null : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    }).catch((error: unknown) => {
      throw new Error(
        `no emulator answers at ${target.controlUrl}: start one with \`azure-emulator serve\`, or name its address with --control-url`,
        { cause: error },
      );
    });
    const text = await answer.body.text();
    const json: unknown = text === "" ? undefined : JSON.parse(text);
    if (answer.statusCode < 300) return json;
    const refused = errorBody.safeParse(json);
    throw new Error(
      refused.success ? refused.data.error.message : `the emulator answered ${answer.statusCode}`,
    );
  } finally {
    await agent.close();
  }
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(
      `${path} cannot be read: it is the emulator's CA certificate; name it with --ca`,
      { cause: error },
    );
  }
}
