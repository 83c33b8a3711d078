import { messageHash } from "@databox-cmk/crypto";
import { renderArmError, withoutUndefined } from "@databox-cmk/errors";
import { OFFLINE_UNLOCK_CALLS } from "@databox-cmk/protocol";

import { errorOf } from "../../core/failure-error.ts";
import { orderFacts } from "../../core/recovery-facts.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import { findOrderId } from "../../orders/find-order.ts";
import {
  createAnswerMessage,
  type DeviceReply,
  type MessageDependencies,
} from "../../release/message/serve-device-message.ts";
import {
  listOfflineUnlocks,
  readOfflineUnlock,
} from "../../release/offline/list-offline-unlocks.ts";
import {
  type OfflineDependencies,
  offlineExchange,
} from "../../release/offline/offline-exchange.ts";
import { arm, type Reply } from "./arm-route.ts";

/**
 * Unlocks of nodes without a network: a person submits the challenge here, and takes the signed
 * answer back.
 */
export function createOfflineRoutes(
  dependencies: MessageDependencies & OfflineDependencies,
): readonly Route[] {
  const exchange = offlineExchange(dependencies);
  const answerMessage = createAnswerMessage(dependencies, exchange);
  return [
    arm.bodyRoute(OFFLINE_UNLOCK_CALLS.submit, {
      action: "Microsoft.DataBox/jobs/offlineUnlocks/action",
      summary:
        "Decides the challenge of a node without network; the answer is carried back (extension)",
      handle: async (request) => {
        const { challenge, reason } = request.body;
        const order = await findOrderId(dependencies.store, request.order);
        const { caller, address, requestId, parameters } = request;
        const { objectId, name, isPerson } = caller;
        const reply = await answerMessage({
          text: challenge,
          hash: messageHash(challenge),
          address,
          correlationId: requestId,
          parameters,
          carriedBy: {
            kind: "caller",
            objectId,
            name,
            address,
            order,
            isPerson,
            reason,
          },
        });
        if (reply.failure !== undefined)
          return renderRefusal(request, reply, reply.failure, {
            ...orderFacts(order),
            correlationId: request.context.correlationId,
          });
        if (reply.answer.status === 202)
          return {
            status: 202,
            json: { answer: reply.answer.text, retryAfterSeconds: reply.retryAfterSeconds },
          };
        const granted = await readOfflineUnlock(dependencies, order, messageHash(challenge));
        return { json: { answer: reply.answer.text, ...granted } };
      },
    }),
    arm.route(OFFLINE_UNLOCK_CALLS.list, {
      action: "Microsoft.DataBox/jobs/offlineUnlocks/read",
      summary: "Lists unlocks without network and how many are left today (extension)",
      handle: async ({ order }) => ({
        json: await listOfflineUnlocks(dependencies, await findOrderId(dependencies.store, order)),
      }),
    }),
  ];
}

/** An ordinary ARM error that also holds the signed denial for the person at the appliance. */
function renderRefusal(
  { requestId }: CallerRequest,
  { answer, retryAfterSeconds, broken }: DeviceReply,
  failure: NonNullable<DeviceReply["failure"]>,
  facts: Readonly<Record<string, string | number>>,
): Reply<never> {
  const error = broken ?? errorOf(failure);
  const { status, body } = renderArmError(error, { requestId, facts });
  const carried = { type: "OfflineAnswer", info: { answer: answer.text } };
  const { additionalInfo, ...rest } = body.error;
  return {
    status,
    headers: withoutUndefined({
      "x-ms-error-code": error.code,
      "retry-after": retryAfterSeconds === undefined ? undefined : String(retryAfterSeconds),
    }),
    json: { error: { ...rest, additionalInfo: [...additionalInfo, carried] } },
    failure: error,
  };
}
