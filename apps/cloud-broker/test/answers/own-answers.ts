import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import type { Meaning } from "./answers.ts";
import { type Answer, CHALLENGE, errorOf, json } from "./calls.ts";

const FILE = join(import.meta.dirname, "../../../../vectors/azure-answers.json");
const PARTIES = ["vault", "entra", "imds", "rm"] as const;
const MEANINGS = ["passes", "act", "forbids", "refuses", "open"] as const satisfies Meaning[];
const OWN_ANSWERS = z.array(
  z.strictObject({
    party: z.enum(PARTIES),
    answer: z.strictObject({
      status: z.int(),
      code: z.optional(z.string()),
      innerCode: z.optional(z.string()),
      message: z.optional(z.string()),
      error: z.optional(z.string()),
      number: z.optional(z.int()),
    }),
    identity: z.optional(z.enum(["system", "user", "account"])),
    means: z.enum(MEANINGS),
    row: z.optional(z.int()),
    says: z.optional(z.enum(["absent", "hidden"])),
    failure: z.optional(
      z.strictObject({ code: z.string(), reason: z.optional(z.string()), who: z.string() }),
    ),
  }),
);
export type OwnAnswer = z.infer<typeof OWN_ANSWERS>[number];

/** Every answer by which a party itself says something, with the failure that it must become. */
export const ownAnswers: readonly OwnAnswer[] = OWN_ANSWERS.parse(
  z.object({ vectors: z.unknown() }).parse(JSON.parse(readFileSync(FILE, "utf8"))).vectors,
);

/** The answer as its party writes it. */
export function rendered({ party, answer }: OwnAnswer): Answer {
  const { status, code = "", innerCode, message, error, number } = answer;
  if (party === "imds") return json({ error }, status);
  if (party === "entra")
    return json(
      { error, error_description: `AADSTS${number}: text`, error_codes: [number] },
      status,
    );
  return {
    status,
    body: errorOf(code, message, innerCode),
    headers: party === "vault" && status === 401 ? { "www-authenticate": CHALLENGE } : {},
  };
}

export const nameOfAnswer = ({ answer, identity }: OwnAnswer): string => {
  const { status, code, innerCode, message, error, number } = answer;
  const said = number === undefined ? [status, code ?? error, innerCode ?? message] : [];
  const whose = identity === undefined || identity === "system" ? undefined : `(${identity})`;
  return [...said, number && `AADSTS${number}`, whose].filter((part) => part).join(" ");
};
