import type { Finding } from "@databox-cmk/errors";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

/** Long enough to notice twice a renewal that fails over a long weekend. */
const SOON_DAYS = 14;

export type CertificateFacts = {
  readonly hostname: string;
  readonly coversHostname: boolean;
  readonly fitsPrivateKey: boolean;
  readonly names: string;
  readonly validFromMs: EpochMs;
  readonly validToMs: EpochMs;
};

/** Whether devices and Entra ID will accept the server's certificate for the broker. */
export function judgeCertificate(facts: CertificateFacts, nowMs: EpochMs): Finding {
  if (!facts.fitsPrivateKey)
    return refuse(
      "BROKER_TLS_KEY_FILE is not the private key of BROKER_TLS_CERTIFICATE_FILE",
      "Name the private key that the certificate was issued for in BROKER_TLS_KEY_FILE",
    );
  if (!facts.coversHostname)
    return refuse(
      `the certificate is for ${facts.names}, not for ${facts.hostname} of BROKER_URL`,
      `Get a certificate that names ${facts.hostname}, or correct BROKER_URL`,
    );
  const until = new Date(facts.validToMs).toISOString();
  if (facts.validToMs <= nowMs)
    return refuse(
      `the certificate expired on ${until}`,
      "Renew the certificate and replace its files",
    );
  if (facts.validFromMs > nowMs)
    return refuse(
      `the certificate is valid only from ${new Date(facts.validFromMs).toISOString()}`,
      "Correct this machine's clock, or use a certificate that is valid now",
    );
  const days = Math.floor((facts.validToMs - nowMs) / DAY_MS);
  const advice = days < SOON_DAYS ? "; renew it now" : "";
  return { ok: true, found: `for ${facts.hostname}, ${String(days)} days left${advice}` };
}

function refuse(detail: string, text: string): Finding {
  return {
    ok: false,
    failure: { code: "Misuse", detail, remedy: { who: "broker-operator", text } },
  };
}
