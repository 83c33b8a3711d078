import { messageHash } from "@databox-cmk/crypto";
import { renderArmError } from "@databox-cmk/errors";
import { offlineUnlockRequest } from "@databox-cmk/protocol";

import { errorOf } from "../../core/failure-error.ts";
import { ACTIONS } from "../../core/permissions.ts";
import { orderFacts } from "../../core/recovery-facts.ts";
import type { Answer, CallerRequest, Route } from "../../http/route.ts";
import { findOrder } from "../../orders/find-order.ts";
import type { DeviceDependencies } from "../../release/message/device-dependencies.ts";
import { createFindDevice } from "../../release/message/device-node.ts";
import {
  createAnswerMessage,
  type DeviceReply,
} from "../../release/message/serve-device-message.ts";
import {
  listOfflineUnlocks,
  readOfflineUnlock,
} from "../../release/offline/list-offline-unlocks.ts";
import { createOfflineExchange } from "../../release/offline/offline-exchange.ts";
import { armHandler, contextOf, orderNameOf, parseBody } from "./arm-request.ts";
import { PATHS } from "./paths.ts";

const MAX_BYTES = 16 * 1024;

/**
 * Unlocks of nodes without a network: a person submits the challenge here, and takes the signed
 * answer back.
 */
export function createOfflineRoutes(dependencies: DeviceDependencies): readonly Route[] {
  const { store } = dependencies;
  const exchange = createOfflineExchange(dependencies, createFindDevice(store));
  const answerMessage = createAnswerMessage(dependencies, exchange);
  return [
    {
      method: "POST",
      path: `${PATHS.job}/offlineUnlocks`,
      authentication: "caller",
      action: ACTIONS.offlineUnlock,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: armHandler(async (request) => {
        const { challenge, reason } = parseBody(offlineUnlockRequest, request.body);
        const { id: order } = await findOrder(store, orderNameOf(request));
        const { correlationId } = contextOf(request);
        const { caller, address, requestId, parameters } = request;
        const { objectId, name } = caller;
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
            reason,
          },
        });
        if (reply.failure !== undefined)
          return renderRefusal(request, reply, reply.failure, {
            ...orderFacts(order),
            correlationId,
          });
        if (reply.answer.status === 202) return renderPending(reply);
        const granted = await readOfflineUnlock(dependencies, order, messageHash(challenge));
        return { status: 200, body: { json: { answer: reply.answer.text, ...granted } } };
      }),
    },
    {
      method: "GET",
      path: `${PATHS.job}/offlineUnlocks`,
      authentication: "caller",
      action: ACTIONS.readOfflineUnlocks,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(store, orderNameOf(request));
        return { status: 200, body: { json: await listOfflineUnlocks(dependencies, id) } };
      }),
    },
  ];
}

/** An ordinary ARM error that also holds the signed denial for the person at the appliance. */
function renderRefusal(
  { requestId }: CallerRequest,
  { answer, retryAfterSeconds, broken }: DeviceReply,
  failure: NonNullable<DeviceReply["failure"]>,
  facts: Readonly<Record<string, string | number>>,
): Answer {
  const error = broken ?? errorOf(failure);
  const { status, body } = renderArmError(error, { requestId, facts });
  const carried = { type: "OfflineAnswer", info: { answer: answer.text } };
  const { additionalInfo, ...rest } = body.error;
  return {
    status,
    headers: {
      "x-ms-error-code": error.code,
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
    body: { json: { error: { ...rest, additionalInfo: [...additionalInfo, carried] } } },
    failure: error,
  };
}

function renderPending({ answer, retryAfterSeconds }: DeviceReply): Answer {
  return {
    status: 202,
    body: {
      json: {
        answer: answer.text,
        retryAfterSeconds,
      },
    },
  };
}
