/** The options of `fault add`, as text. */
export type FaultOptions = Partial<
  Record<
    | "service"
    | "vault"
    | "operation"
    | "status"
    | "code"
    | "innerCode"
    | "message"
    | "retryAfter"
    | "latency"
    | "contentType"
    | "dns"
    | "propagationDelay"
    | "visibilityDelay"
    | "count"
    | "probability"
    | "seed",
    string
  > &
    Record<"reset" | "halfBody" | "garbage" | "readOnly", boolean>
>;

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
  const { dns, vault, operation, count, probability, seed } = options;
  const { service = dns === undefined ? "key-vault" : "dns" } = options;
  return {
    scope: { service, vault, operation },
    effect,
    count: toNumber(count),
    probability: toNumber(probability),
    seed: toNumber(seed),
  };
}

function listEffects(options: FaultOptions): object[] {
  const { code, innerCode, message, retryAfter, contentType } = options;
  const { status, latency, dns, propagationDelay, visibilityDelay } = options;
  return [
    status !== undefined && {
      kind: "status",
      status: Number(status),
      code,
      innerCode,
      message,
      retryAfterSeconds: toNumber(retryAfter),
    },
    latency !== undefined && { kind: "latency", distribution: parseLatency(latency) },
    options.reset && { kind: "connection-reset" },
    options.halfBody && { kind: "half-body" },
    options.garbage && { kind: "garbage-body" },
    contentType !== undefined && { kind: "wrong-content-type", contentType },
    dns === "timeout" && { kind: "dns-timeout" },
    dns !== undefined && dns !== "timeout" && { kind: "dns-answer", rcode: dns.toUpperCase() },
    options.readOnly && { kind: "read-only" },
    propagationDelay !== undefined && {
      kind: "access-propagation-delay",
      seconds: Number(propagationDelay),
    },
    visibilityDelay !== undefined && {
      kind: "visibility-delay",
      seconds: Number(visibilityDelay),
    },
  ].filter((effect) => typeof effect === "object");
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
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
