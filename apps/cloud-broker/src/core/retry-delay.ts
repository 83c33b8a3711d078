import type { Failure } from "./ports.ts";

const LONGEST_WAIT_MS = 8000;

/** Tries after the first, and the span from which the first wait is drawn; it doubles with each try. */
const RETRIES = {
  throttled: { tries: 2, firstWaitMs: 1000 },
  broken: { tries: 1, firstWaitMs: 200 },
} as const;

/**
 * How long to wait before the next try of a vault call; undefined when another try is pointless. Key Vault sends no
 * Retry-After with most of its 429 answers, so the back-off is ours (1, 2, 4 … s with jitter, as its guidance says); where it
 * names a time, all who were told the same come back spread over the span above it, and none before.
 *
 * @param attempt - 0 after the first try
 * @param random - in [0, 1)
 */
export function retryDelayMs(
  failure: Failure,
  attempt: number,
  random: number,
): number | undefined {
  const kind = kindOf(failure);
  if (kind === undefined || attempt >= RETRIES[kind].tries) return undefined;
  const spanMs = RETRIES[kind].firstWaitMs * 2 ** attempt;
  if (failure.retryAfterSeconds !== undefined) {
    const asked = failure.retryAfterSeconds * 1000;
    return asked > LONGEST_WAIT_MS ? undefined : Math.round(asked + spanMs * random);
  }
  return Math.round(spanMs * (0.5 + random / 2));
}

function kindOf({ code, reason, vaultNameUnknown }: Failure): keyof typeof RETRIES | undefined {
  if (code === "KeyVaultThrottled") return "throttled";
  const broken = reason === "connection" || reason === "server-error" || reason === "dns";
  return code === "KeyVaultUnreachable" && broken && vaultNameUnknown !== true
    ? "broken"
    : undefined;
}
