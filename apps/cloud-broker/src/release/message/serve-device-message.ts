import { messageHash } from "@databox-cmk/crypto";
import { type AppError, type ErrorClass, ERRORS, readableByFormer } from "@databox-cmk/errors";
import { addressKey } from "@databox-cmk/http";
import {
  type AuditAction,
  MESSAGE_TYPES,
  type Denial,
  type MessageType,
} from "@databox-cmk/protocol";

import { failureColumns } from "../../core/failure-columns.ts";
import { errorOf } from "../../core/failure-error.ts";
import { fitDenial } from "../../core/fit-denial.ts";
import { nameFault } from "../../core/name-fault.ts";
import type { OrderId } from "../../core/order.ts";
import type { Actor, AuditEvent, Failure, Outcome } from "../../core/ports.ts";
import type { Answer, RouteRequest, Schema } from "../../http/route.ts";
import { assignSlot, suspendSlot, turnToBegin } from "../../load/admission.ts";
import { markStep, stepsSoFar, withTrace } from "../../observability/trace.ts";
import type { Store } from "../../store/store.ts";
import type { Work } from "../../store/transactions.ts";
import { commitUnlessWithdrawn, Withdrawn } from "../../store/withdrawn.ts";
import { renderDenial } from "./denial.ts";
import type { Needs, Recording } from "./device-dependencies.ts";
import { noteOutcome } from "./note-outcome.ts";
import { renderAnswer, signAnswer, type SignedAnswer } from "./signed-answer.ts";
import { findStoredAnswer, forgetAnswer, storeAnswer } from "./stored-answers.ts";

export type DeviceMessage = {
  readonly text: string;
  /** Base64url SHA-256 of the text; answers, audit rows and stored answers refer to it. */
  readonly hash: string;
  readonly address: string;
  readonly correlationId: string;
  /** Named segments of the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly carriedBy?: Carrier;
};

/** The caller who brought a message from a node without network. */
export type Carrier = Extract<Actor, { kind: "caller" }> & {
  /** The order of the path, for which the caller is authorised. */
  readonly order: OrderId;
  readonly isPerson: boolean;
  readonly reason?: string | undefined;
};

/** The proven sender of the message. */
export type Sender = { readonly order: OrderId; readonly serial: string };

/** One kind of message: how its sender is authenticated, and how it is answered. */
export type DeviceExchange<Proven extends Sender> = {
  /** Name of the action in the audit trail. */
  readonly action: AuditAction;
  /** `typ` and payload of the message. */
  readonly type: MessageType;
  readonly schema: Schema;
  authenticate(message: DeviceMessage): Promise<Outcome<Proven>>;
  answer(message: DeviceMessage, sender: Proven): Promise<Outcome<SignedAnswer>>;
  /**
   * `answered`, the default: the same bytes get the same final answer for a minute. `refused`: a
   * repeat of a successful message is refused by its counter, so only refusals are looked up.
   * `own`: the exchange handles repeated messages itself.
   */
  readonly repeats?: "answered" | "refused" | "own";
  /** Why a former answer, which may be a grant, is not sent again. */
  withholdsRepeat?(
    store: Store,
    sender: Proven,
    former: SignedAnswer,
  ): Promise<Failure | undefined>;
};

/**
 * Requests that also a row of a refusal keeps, so that no one can invent or deny them. An enrolment
 * has a one-time code, and is never kept.
 */
const KEPT_REQUESTS: ReadonlySet<AuditAction> = new Set(["unlock", "offline-unlock"]);

/** A signed answer, and the failure that it reports, if any. */
export type DeviceReply = {
  readonly answer: SignedAnswer;
  readonly retryAfterSeconds?: number | undefined;
  readonly failure?: Failure | undefined;
  readonly broken?: AppError;
  readonly isUnproven?: boolean;
};

export type MessageDependencies = Recording &
  Needs<"store" | "customerOf" | "limitUnproven" | "unauthenticatedRows" | "metrics">;

/** Serves one kind of device message over HTTP. */
export function serveDeviceMessage<Proven extends Sender>(
  dependencies: MessageDependencies,
  exchange: DeviceExchange<Proven>,
): (request: RouteRequest & { readonly body: string }) => Promise<Answer> {
  const answerMessage = createAnswerMessage(dependencies, exchange);
  return async (request) => {
    const { answer, retryAfterSeconds, failure, broken, isUnproven } = await answerMessage({
      text: request.body,
      hash: messageHash(request.body),
      address: request.address,
      correlationId: request.requestId,
      parameters: request.parameters,
    });
    // Only the log gets it: the denial is in the answer.
    const logged = broken ?? (failure === undefined ? undefined : errorOf(failure));
    return {
      ...renderAnswer(answer, retryAfterSeconds),
      failure: logged,
      isUnproven: isUnproven === true,
    };
  };
}

/** Classes of failures that a retry does not change. */
const FINAL_CLASSES: ReadonlySet<ErrorClass> = new Set(["refused", "invalid"]);

/**
 * Serves every device message: authenticate → stored answer → answer, and a signed, audited denial
 * for every failure. Concurrent copies of the same bytes share one exchange and one answer.
 */
export function createAnswerMessage<Proven extends Sender>(
  dependencies: MessageDependencies,
  exchange: DeviceExchange<Proven>,
): (message: DeviceMessage) => Promise<DeviceReply> {
  const running = new Map<string, Promise<DeviceReply>>();
  return (message) => {
    // A person who carries a message is authorised for one order, and each person has their own
    // row.
    const { order = "", objectId = "" } = message.carriedBy ?? {};
    const key = `${message.hash} ${order} ${objectId}`;
    const known = running.get(key);
    if (known !== undefined) return suspendSlot("long-poll", () => known);
    const answer = withTrace(() =>
      measured(dependencies, exchange.action, () => answerOnce(dependencies, exchange, message)),
    ).finally(() => running.delete(key));
    running.set(key, answer);
    return answer;
  };
}

async function measured(
  { metrics }: Needs<"metrics">,
  action: string,
  answer: () => Promise<DeviceReply>,
): Promise<DeviceReply> {
  if (metrics === undefined) return answer();
  const startedMs = performance.now();
  const endUnlock = action === "unlock" ? metrics.beginUnlock() : undefined;
  try {
    const reply = await answer();
    const code = reply.failure?.code;
    const isRefused = code !== undefined && FINAL_CLASSES.has(ERRORS[code].class);
    const outcome = code === undefined ? "done" : isRefused ? "refused" : "failed";
    metrics.answered({
      action,
      outcome,
      code: code ?? "",
      elapsedMs: performance.now() - startedMs,
    });
    return reply;
  } finally {
    endUnlock?.();
  }
}

async function answerOnce<Proven extends Sender>(
  dependencies: MessageDependencies,
  exchange: DeviceExchange<Proven>,
  message: DeviceMessage,
): Promise<DeviceReply> {
  const { store, now } = dependencies;
  let sender: Proven | undefined;
  await turnToBegin();
  try {
    const authenticated = await exchange.authenticate(message);
    if (!authenticated.ok)
      return await denyUnauthenticated(
        dependencies,
        exchange,
        message,
        maybeLost(store, authenticated.failure),
      );
    sender = authenticated.value;
    markStep("signature");
    const retryAfterSeconds = assignSlot(await dependencies.customerOf(sender.order));
    if (retryAfterSeconds !== undefined)
      return await denyBusy(dependencies, message, sender, retryAfterSeconds);
    if ((exchange.repeats ?? "answered") === "answered") {
      const stored = await findStoredAnswer(store, message.hash, now());
      if (stored !== undefined) return { answer: stored };
    }
    const outcome = await exchange.answer(message, sender);
    if (outcome.ok) return { answer: outcome.value };
    // The message has its answer already, maybe from another replica: that answer is used.
    const former =
      exchange.repeats === "own" ? undefined : await findStoredAnswer(store, message.hash, now());
    return former === undefined
      ? await deny(dependencies, exchange, message, outcome.failure, sender)
      : await answerAgain(dependencies, exchange, message, former, sender);
  } catch (error) {
    return denyUnaudited(dependencies, message, error, sender);
  }
}

type Repeating<Proven> = Pick<
  DeviceExchange<Proven & Sender>,
  "action" | "repeats" | "withholdsRepeat"
>;

async function answerAgain<Proven extends Sender>(
  dependencies: Recording,
  exchange: Repeating<Proven>,
  message: DeviceMessage,
  former: SignedAnswer,
  sender: Proven,
): Promise<DeviceReply> {
  const { action, withholdsRepeat } = exchange;
  // A refusal opens nothing.
  if (former.status !== 200 || withholdsRepeat === undefined) return { answer: former };
  const repeated = await repeatGrant(dependencies, { action, message, sender }, former, (store) =>
    withholdsRepeat(store, sender, former),
  );
  return repeated.ok
    ? { answer: former }
    : deny(dependencies, exchange, message, repeated.failure, sender);
}

/**
 * A grant is sent once more. Each time has its row of the audit log, and the guards are read in the
 * transaction of that row.
 */
export async function repeatGrant(
  { commit, appendAudit }: Needs<"commit" | "appendAudit">,
  {
    action,
    message,
    sender: { order, serial },
    detail,
  }: Pick<AuditEvent, "action" | "detail"> & {
    readonly message: DeviceMessage;
    readonly sender: Sender;
  },
  former: SignedAnswer,
  withheldBy: (store: Store) => Promise<Failure | undefined>,
): Promise<Outcome<SignedAnswer>> {
  const work: Work<void> = async (transaction) => {
    await appendAudit(transaction, order, {
      action,
      actor: actorOf(message, { order, serial }),
      outcome: "done",
      serial,
      requestHash: message.hash,
      correlationId: message.correlationId,
      detail: { repeated: true, ...detail, grantHash: messageHash(former.text) },
    });
    const withheld = await withheldBy(transaction);
    if (withheld !== undefined) throw new Withdrawn(withheld);
  };
  const repeated = await commitUnlessWithdrawn(commit, work, { order });
  return repeated.ok ? { ok: true, value: former } : repeated;
}

/** A database that was restored may have lost the sender's enrolment. */
const maybeLost = ({ restored }: Store, failure: Failure): Failure =>
  failure.code === "DeviceNotAuthenticated" &&
  failure.reason === undefined &&
  restored?.atMs !== undefined
    ? { ...failure, reason: "restored" }
    : failure;

/**
 * The customer has its share of a busy process: nothing was decided, and a flood of requests must
 * not cause a flood of durable writes.
 */
async function denyBusy(
  dependencies: Needs<"keys">,
  message: DeviceMessage,
  sender: Sender,
  retryAfterSeconds: number,
): Promise<DeviceReply> {
  const failure: Failure = { code: "BrokerBusy", retryAfterSeconds };
  const { answer } = await signDenial(dependencies, message, failure, sender);
  return { answer, retryAfterSeconds, failure };
}

/**
 * Refuses an unproven message. A network outage is not the sender's fault, nor is a limit that was
 * reached before; both are answered unchanged.
 */
async function denyUnauthenticated(
  dependencies: MessageDependencies,
  exchange: Pick<DeviceExchange<Sender>, "action" | "repeats">,
  message: DeviceMessage,
  failure: Failure,
): Promise<DeviceReply> {
  if (message.carriedBy !== undefined || !FINAL_CLASSES.has(ERRORS[failure.code].class))
    return deny(dependencies, exchange, message, failure);
  const retryAfterSeconds = dependencies.limitUnproven(addressKey(message.address));
  if (retryAfterSeconds === undefined && !dependencies.unauthenticatedRows.admit(message.address)) {
    const { denial, answer } = await signDenial(dependencies, message, failure, undefined);
    const { retryAfterSeconds: later } = denial;
    return { answer, retryAfterSeconds: later, failure, isUnproven: true };
  }
  const told: Failure =
    retryAfterSeconds === undefined ? failure : { code: "RateLimited", retryAfterSeconds };
  return { ...(await deny(dependencies, exchange, message, told)), isUnproven: true };
}

/**
 * The denial's audit row is committed before the answer leaves, together with the stored answer
 * when the denial is final.
 */
async function deny<Proven extends Sender>(
  dependencies: Recording,
  exchange: Repeating<Proven>,
  message: DeviceMessage,
  failure: Failure,
  sender?: Proven,
): Promise<DeviceReply> {
  const { commit, appendAudit, now } = dependencies;
  const { denial, answer } = await signDenial(dependencies, message, failure, sender);
  // A flood must not cause a flood of durable writes.
  const reply = { answer, retryAfterSeconds: denial.retryAfterSeconds, failure };
  if (failure.code === "RateLimited") return reply;
  const isFinal = FINAL_CLASSES.has(denial.class);
  const steps = stepsSoFar();
  const record: Work<void> = async (transaction) => {
    await appendAudit(transaction, sender?.order ?? "broker", {
      action: exchange.action,
      actor: actorOf(message, sender),
      outcome: isFinal ? "refused" : "failed",
      ...failureColumns(failure),
      serial: sender?.serial,
      requestHash: message.hash,
      correlationId: message.correlationId,
      ...(isFinal && sender !== undefined && KEPT_REQUESTS.has(exchange.action)
        ? { signed: message.text }
        : {}),
      detail: { ...readableByFormer(failure).facts, what: failure.detail },
      ...steps,
    });
    if (sender === undefined) return;
    await noteOutcome(transaction, sender, isFinal ? "refused" : "failed", now());
    if (exchange.repeats === "own") return;
    // Every writer of an answer to this message appends to the same chain first, so no other answer
    // can be stored after this check.
    const other = await findStoredAnswer(transaction, message.hash, now());
    if (other !== undefined) {
      if ((await exchange.withholdsRepeat?.(transaction, sender, other)) === undefined)
        throw new AlreadyAnswered(other);
      await forgetAnswer(transaction, message.hash);
    }
    if (isFinal) await storeAnswer(transaction, message.hash, answer, now());
  };
  try {
    await commit(record);
    return reply;
  } catch (error) {
    if (!(error instanceof AlreadyAnswered) || sender === undefined) throw error;
    return answerAgain(dependencies, exchange, message, error.answer, sender);
  }
}

/**
 * Another replica has answered the same message: its answer is used, and this denial is not stored.
 */
class AlreadyAnswered extends Error {
  override readonly name = "AlreadyAnswered";
  readonly answer: SignedAnswer;

  constructor(answer: SignedAnswer) {
    super("the message was answered");
    this.answer = answer;
  }
}

/**
 * An internal failure, maybe of the store itself: the device still gets a signed answer, of the one
 * class that it treats as an outage. A refusal is never sent this way, since it would leave no row.
 */
async function denyUnaudited(
  dependencies: Needs<"keys">,
  message: DeviceMessage,
  error: unknown,
  sender?: Sender,
): Promise<DeviceReply> {
  const broken = nameFault(error);
  const { code, reason } = broken;
  const failure: Failure =
    code !== "ServiceUnavailable"
      ? { code: "InternalError" }
      : reason === undefined
        ? { code: "BrokerBusy" }
        : { code, reason };
  const { denial, answer } = await signDenial(dependencies, message, failure, sender);
  const { retryAfterSeconds } = denial;
  return { answer, retryAfterSeconds, failure, broken };
}

async function signDenial(
  { keys }: Needs<"keys">,
  message: DeviceMessage,
  failure: Failure,
  sender: Sender | undefined,
): Promise<{ denial: Denial; answer: SignedAnswer }> {
  const rendered = renderDenial(failure, {
    requestHash: message.hash,
    correlationId: message.correlationId,
    serial: sender?.serial,
    order: sender?.order,
  });
  const denial =
    message.carriedBy === undefined
      ? rendered
      : fitDenial(rendered, (text) => Buffer.byteLength(text));
  const status = ERRORS[failure.code].httpStatus;
  return { denial, answer: await signAnswer(keys.signing, MESSAGE_TYPES.denial, denial, status) };
}

export function actorOf(message: DeviceMessage, sender: Sender | undefined): Actor {
  if (message.carriedBy !== undefined) {
    const { order: _order, reason: _reason, isPerson: _isPerson, ...caller } = message.carriedBy;
    return caller;
  }
  return sender === undefined
    ? { kind: "stranger", address: message.address }
    : { kind: "device", serial: sender.serial, address: message.address };
}
