import { z } from "zod";

import type { Tags } from "../../core/model.ts";
import type { ArmContext } from "../arm-context.ts";
import { ArmError } from "../arm-error.ts";
import { askBroker, type BrokerAnswer } from "./ask-broker.ts";

const API_VERSION = "2025-07-01";
const JOB = /\/providers\/Microsoft\.DataBox\/jobs\/[^/]+$/i;
const jobSchema = z.object({ tags: z.record(z.string(), z.string()) });
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const isJob = (scope: string): boolean => JOB.test(scope);

/**
 * The tags of an order. The broker has them, and decides who may read and write them.
 *
 * @throws ArmError with the status and code of the broker's refusal; 412 when the order changed
 * between the two.
 */
export async function openJobTags(job: string, context: ArmContext) {
  const target = `${encodeURI(job)}?api-version=${API_VERSION}`;
  const { etag, json } = accepted(await askBroker(context, { method: "GET", target }));
  return {
    tags: jobSchema.parse(json).tags,
    put: async (tags: Tags): Promise<void> => {
      const headers = { "content-type": "application/json", "if-match": etag };
      accepted(await askBroker(context, { method: "PATCH", target, headers, body: { tags } }));
    },
  };
}

function accepted(answer: BrokerAnswer): BrokerAnswer {
  if (answer.status < 300) return answer;
  const { code, message } = refusalSchema.parse(answer.json).error;
  throw new ArmError(answer.status, code, message);
}
