import type { StoryOrder } from "@databox-cmk/local-stack";
import * as z from "zod";

import type { World } from "./open-world.ts";
import { operatorCall } from "./operator-call.ts";

const answer = z.object({ enrolmentCode: z.string() });

/** The broker forgets a node's device. @returns the enrolment code of its successor */
export async function replaceDevice(
  world: World,
  order: StoryOrder,
  serial: string,
): Promise<string> {
  const scope = { kind: "node", order: order.id, serial };
  const reason = "mainboard, incident 4711";
  await operatorCall(world, undefined, "revoke", { scope, reason });
  const { body } = await operatorCall(world, order, "replaceDevice", { serial, reason });
  await operatorCall(world, undefined, "restoreAccess", { scope });
  return answer.parse(body).enrolmentCode;
}
