import { z } from "zod";

import type { ArmContext } from "../arm-context.ts";
import { gatewayError } from "../arm-error.ts";
import { askBroker } from "../data-box/ask-broker.ts";
import type { GenericResource } from "./resource-filter.ts";

export const JOB_TYPE = "Microsoft.DataBox/jobs";
/** The newest version whose lists have no details. */
const API_VERSION = "2022-10-01";

const pageSchema = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      location: z.string(),
      tags: z.record(z.string(), z.string()),
      identity: z
        .object({ userAssignedIdentities: z.record(z.string(), z.unknown()).optional() })
        .optional(),
    }),
  ),
  nextLink: z.url().optional(),
});

/** With the user-assigned identities that the order has. */
export type Job = GenericResource & { readonly identityIds: readonly string[] };

/**
 * The orders of a subscription or resource group that the caller may read; the broker has them, and
 * decides. There are none without a broker.
 *
 * @param scope - path of the subscription or resource group.
 * @throws ArmError 502 when the broker fails.
 */
export async function listJobs(scope: string, context: ArmContext): Promise<readonly Job[]> {
  if (context.deps.dataBoxUpstream() === undefined) return [];
  const jobs: Job[] = [];
  let target = `${encodeURI(scope)}/providers/${JOB_TYPE}?api-version=${API_VERSION}&$top=100`;
  for (;;) {
    const { status, json } = await askBroker(context, { method: "GET", target });
    if (status === 403) return [];
    if (status !== 200)
      throw gatewayError(
        502,
        "ServiceUnavailable",
        `The resource provider 'Microsoft.DataBox' answered ${status} when its orders were listed.`,
      );
    const page = pageSchema.parse(json);
    jobs.push(
      ...page.value.map(({ identity, ...job }) => ({
        ...job,
        type: JOB_TYPE,
        identityIds: Object.keys(identity?.userAssignedIdentities ?? {}),
      })),
    );
    if (page.nextLink === undefined) return jobs;
    const { pathname, search } = new URL(page.nextLink);
    target = `${pathname}${search}`;
  }
}
