import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { AppError, renderArmError } from "@databox-cmk/errors";
import { DEVICE_MESSAGE_MAX_BYTES } from "@databox-cmk/protocol";

import type { Clock } from "../../core/ports.ts";
import { createLogNowAndThen, type Log } from "../../observability/log.ts";
import type { Metrics } from "../../observability/metrics.ts";

/** A rejected caller gets one of these, so that not all of them come back at once. */
export const RETRY_AFTER_SECONDS = [1, 2, 3, 4, 5] as const;

export type TurnAway = {
  /** Counts one, and logs now and then. @returns seconds after which to come again */
  readonly note: () => number;
  /**
   * Answers 503 BrokerBusy, unsigned, since it is not a decision. It must cost a small part of the
   * cheapest request, or the rejections themselves would be the overload; so it is rendered
   * beforehand.
   */
  readonly answer: (message: IncomingMessage, response: ServerResponse) => void;
};

export function createTurnAway(deps: {
  readonly metrics: Pick<Metrics, "turnedAway">;
  readonly log: Log;
  readonly now: Clock;
}): TurnAway {
  const answers = RETRY_AFTER_SECONDS.map((retryAfterSeconds) => {
    const { status, body } = renderArmError(
      new AppError("BrokerBusy", { facts: { retryAfterSeconds } }),
    );
    const content = JSON.stringify(body);
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(content),
      "retry-after": String(retryAfterSeconds),
      "x-ms-error-code": "BrokerBusy",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    };
    return { retryAfterSeconds, status, headers, content };
  });
  let count = 0;
  const noteInLog = createLogNowAndThen(deps.log, deps.now, "turning requests away");

  function next(): (typeof answers)[number] {
    const answer = answers[count % answers.length];
    if (answer === undefined) throw new TypeError("there is no answer");
    count += 1;
    deps.metrics.turnedAway();
    noteInLog();
    return answer;
  }

  return {
    note: () => next().retryAfterSeconds,
    answer(message, response) {
      const { status, headers, content } = next();
      // Node reads an unread body to its end, so that the next request can follow; a long one costs
      // work.
      if (!isShort(message)) response.setHeader("connection", "close");
      response.setHeader("x-ms-request-id", randomUUID());
      response.writeHead(status, headers).end(content);
    },
  };
}

function isShort({ headers }: IncomingMessage): boolean {
  const length = Number(headers["content-length"] ?? "0");
  return (
    headers["transfer-encoding"] === undefined &&
    // Its sender would not know whether the body is still wanted (RFC 9110 §10.1.1).
    headers.expect === undefined &&
    length <= DEVICE_MESSAGE_MAX_BYTES
  );
}
