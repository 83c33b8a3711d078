import type { Failure } from "./ports.ts";

const LONGEST_WAIT_MS = 8000;

/** Number of retries, and the range of the first delay; the range doubles with each retry. */
const RETRIES = {
  throttled: { tries: 2, firstWaitMs: 1000 },
  broken: { tries: 1, firstWaitMs: 200 },
} as const;

/**
 * The delay before the next attempt of a vault call; undefined when a retry is pointless. Key Vault
 * sends most 429 answers without Retry-After, so the back-off is ours (1, 2, 4 … s with jitter, as
 * its guidance says). If the vault names a time, callers come back at random moments after it,
 * never before.
 *
 * @param attempt - 0 after the first attempt
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
