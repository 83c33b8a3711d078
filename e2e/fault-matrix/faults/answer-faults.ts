import { readFileSync } from "node:fs";

import { type ErrorCode, ERRORS, isErrorCode, withoutUndefined } from "@databox-cmk/errors";
import * as z from "zod";

import type { Fault, SiteName, Surface } from "../fault.ts";
import { choiceOf } from "../world/site.ts";
import { answer, clear, entraAnswers, vaultAnswers } from "./shorthand.ts";

const FILE = new URL("../../../vectors/azure-answers.json", import.meta.url);
const VECTORS = z.array(
  z.object({
    party: z.enum(["vault", "entra", "imds", "rm"]),
    answer: z.object({
      status: z.int(),
      code: z.string().optional(),
      innerCode: z.string().optional(),
      message: z.string().optional(),
      error: z.string().optional(),
      number: z.int().optional(),
    }),
    identity: z.string().optional(),
    row: z.int().optional(),
    failure: z
      .object({
        code: z.string().refine((text): text is ErrorCode => isErrorCode(text)),
        reason: z.string().optional(),
        who: z.enum(["nobody", "order-owner", "security-administrator", "broker-operator"]),
      })
      .optional(),
  }),
);
type Vector = z.infer<typeof VECTORS>[number];

const EVERYWHERE = ["validate", "credentials", "unlock"] as const satisfies Surface[];
/** Numbers of Entra ID that the emulator can answer: one for each reason. */
const NUMBERS = new Set([53_003, 90_002, 90_033, 500_011, 700_024, 700_027, 7_000_215]);

type Place = Pick<Fault, "make" | "shownBy" | "by" | "asks"> & { readonly site: SiteName };
/** Where each party gives its answer, and where it shows. */
const PLACES: Readonly<Record<Vector["party"], (vector: Vector) => Place | undefined>> = {
  vault({ answer: { status, code = "", ...rest } }) {
    const effect = answer(status, code, withoutUndefined(rest));
    // The decryption is refused, and not the key.
    if (code === "BadParameter")
      return {
        site: "agent",
        shownBy: ["credentials", "unlock"],
        make: vaultAnswers(effect, "unwrapKey"),
      };
    return {
      site: status === 429 ? "busyVault" : "policies",
      shownBy: EVERYWHERE,
      make: vaultAnswers(effect, status === 401 ? "get" : undefined),
    };
  },
  entra({ answer: { status, number = 0 }, identity }) {
    if (!NUMBERS.has(number) || identity !== undefined) return undefined;
    const make = entraAnswers(answer(status, `AADSTS${number}`));
    return { site: "policies", shownBy: EVERYWHERE, make };
  },
  imds: ({ answer: { status, error = "" } }) => ({
    site: "service",
    shownBy: ["credentials", "unlock"],
    async make({ world }) {
      await world.addFault({ service: "imds" }, answer(status, error));
      await world.restartBroker();
    },
  }),
  rm({ answer: { status, code = "" } }) {
    // Only the write of an identity meets these: azure/resource-manager.test.ts of the broker.
    if (/^ScopeLocked|^RequestDisallowedBy/.test(code)) return undefined;
    return {
      site: "policies",
      shownBy: ["validate", "change"],
      by: "broker",
      asks: ({ site }) => choiceOf(site, undefined),
      async make({ world }) {
        await world.addFault({ service: "resource-manager" }, answer(status, code));
      },
    };
  },
};

/** Every answer of the vectors that becomes a failure, and that the emulator can give. */
export const ANSWER_FAULTS: readonly Fault[] = z
  .object({ vectors: VECTORS })
  .parse(JSON.parse(readFileSync(FILE, "utf8")))
  .vectors.flatMap((vector) => {
    const { party, answer: said, failure, row } = vector;
    const place = failure && PLACES[party](vector);
    if (failure === undefined || place === undefined) return [];
    const name = `${party} answers ${Object.values(said).join(" ")}`;
    const { code, who, reason } = failure;
    const { class: kind } = ERRORS[code];
    const told = { name, code, who, class: kind, ...withoutUndefined({ row, reason }) };
    return { ...told, ...place, cure: clear };
  });
