const CLOSE_MS = 2_000;

/**
 * The difference between this machine's clock and the broker's. Only TLS uses it, for the dates of
 * certificates: leases use the monotonic clock, and an answer is proven by its signature and nonce.
 *
 * @param answeredMs - this machine's time in the middle of the exchange
 * @param brokerTime - ISO time in the challenge
 */
export function describeClock(answeredMs: number, brokerTime: string): string {
  const behindMs = Date.parse(brokerTime) - answeredMs;
  const use = "used for the dates of certificates only";
  if (Math.abs(behindMs) < CLOSE_MS) return `within 2 s of the broker's; ${use}`;
  return `${duration(Math.abs(behindMs))} ${behindMs > 0 ? "behind" : "ahead of"} the broker's; ${use}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${String(seconds)} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  if (seconds < 172_800) return `${String(Math.round(seconds / 3600))} h`;
  return `${String(Math.round(seconds / 86_400))} days`;
}
