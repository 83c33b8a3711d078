import type { FaultPayloadInput } from "../control/fault-payload.ts";

/** The options of `fault add`, as text. */
export type FaultOptions = {
  readonly service?: string;
  readonly vault?: string | undefined;
  readonly operation?: string;
  readonly status?: string;
  readonly code?: string;
  readonly innerCode?: string | undefined;
  readonly message?: string;
  readonly retryAfter?: string;
  readonly latency?: string;
  readonly reset?: boolean;
  readonly halfBody?: boolean;
  readonly garbage?: boolean;
  readonly contentType?: string | undefined;
  readonly dns?: string;
  readonly readOnly?: boolean;
  readonly propagationDelay?: string;
  readonly visibilityDelay?: string;
  readonly count?: string;
  readonly probability?: string;
  readonly seed?: string;
};

type EffectInput = FaultPayloadInput["effect"];

/**
 * @returns the body of `POST /faults`; the control API checks its values.
 * @throws RangeError when the options name no effect, or more than one.
 */
export function toFaultPayload(options: FaultOptions): object {
  const effects = listEffects(options);
  const [effect] = effects;
  if (effect === undefined || effects.length > 1) {
    throw new RangeError(
      "name exactly one effect: --status, --latency, --reset, --half-body, --garbage, --content-type, --dns, --read-only, --propagation-delay or --visibility-delay",
    );
  }
  const {
    service = options.dns === undefined ? "key-vault" : "dns",
    vault,
    operation,
    count,
    probability,
    seed,
  } = options;
  return {
    scope: {
      service,
      vault,
      operation,
    },
    effect,
    count: count === undefined ? undefined : Number(count),
    probability: probability === undefined ? undefined : Number(probability),
    seed: seed === undefined ? undefined : Number(seed),
  };
}

function listEffects(options: FaultOptions): object[] {
  const effects: (EffectInput | object)[] = [];
  const {
    status,
    code,
    innerCode,
    message,
    retryAfter,
    latency,
    contentType,
    dns,
    propagationDelay,
    visibilityDelay,
  } = options;
  if (status !== undefined) {
    effects.push({
      kind: "status",
      status: Number(status),
      code,
      innerCode,
      message,
      retryAfterSeconds: retryAfter === undefined ? undefined : Number(retryAfter),
    });
  }
  if (latency !== undefined) effects.push({ kind: "latency", distribution: parseLatency(latency) });
  if (options.reset === true) effects.push({ kind: "connection-reset" });
  if (options.halfBody === true) effects.push({ kind: "half-body" });
  if (options.garbage === true) effects.push({ kind: "garbage-body" });
  if (contentType !== undefined) effects.push({ kind: "wrong-content-type", contentType });
  if (dns !== undefined)
    effects.push(
      dns === "timeout"
        ? { kind: "dns-timeout" }
        : { kind: "dns-answer", rcode: dns.toUpperCase() },
    );
  if (options.readOnly === true) effects.push({ kind: "read-only" });
  if (propagationDelay !== undefined)
    effects.push({ kind: "access-propagation-delay", seconds: Number(propagationDelay) });
  if (visibilityDelay !== undefined)
    effects.push({ kind: "visibility-delay", seconds: Number(visibilityDelay) });
  return effects;
}

/** `250` fixed · `100-400` uniform · `p50=40,p99=900` log-normal; milliseconds. */
function parseLatency(text: string): object {
  const uniform = /^(\d+)-(\d+)$/u.exec(text);
  if (uniform !== null)
    return { kind: "uniform", minimumMs: Number(uniform[1]), maximumMs: Number(uniform[2]) };
  const logNormal = /^p50=(\d+),p99=(\d+)$/u.exec(text);
  if (logNormal !== null)
    return { kind: "log-normal", medianMs: Number(logNormal[1]), p99Ms: Number(logNormal[2]) };
  if (/^\d+$/u.test(text)) return { kind: "fixed", ms: Number(text) };
  throw new RangeError(
    "--latency: 250 (fixed), 100-400 (uniform) or p50=40,p99=900 (log-normal), in milliseconds",
  );
}
