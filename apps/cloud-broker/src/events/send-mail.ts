import { connect } from "node:net";
import { getCACertificates } from "node:tls";

import { bulkhead } from "cockatiel";
import { createTransport } from "nodemailer";

import type { SmtpSettings } from "../config/notice-channels.ts";
import type { Delivery } from "../core/webhook-retry.ts";

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
};

/** Hands one e-mail to the mail server. Any failure is a delivery without a status of 2xx. */
export type SendMail = (mail: Mail) => Promise<Delivery>;

/** The whole exchange with the mail server takes no longer. */
const TIME_MS = 20_000;
const CONNECTIONS_MAX = 4;
const ANSWER_MAX_BYTES = 64 * 1024;

/**
 * By nodemailer: neither Node nor the Azure SDK speaks SMTP. The password is sent only after TLS
 * has verified the server, except on loopback.
 */
export function createSendMail(
  { host, port, security, from, user, password }: SmtpSettings,
  extraCaPem: string | undefined,
  timeMs = TIME_MS,
): SendMail {
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "off",
    maxResponseSize: ANSWER_MAX_BYTES,
    // No shorter limit than that of the whole exchange.
    connectionTimeout: timeMs,
    greetingTimeout: timeMs,
    socketTimeout: timeMs,
    // nodemailer would keep for five minutes what a name server said, right or wrong.
    getSocket(_options, done) {
      const signal = AbortSignal.timeout(timeMs);
      const connection = connect({ host, port, autoSelectFamilyAttemptTimeout: 2000, signal });
      connection.once("error", done).once("connect", () => done(null, { connection }));
    },
    auth: user === undefined || password === undefined ? undefined : { user, pass: password },
    tls: {
      minVersion: "TLSv1.2",
      ca: extraCaPem === undefined ? undefined : [...getCACertificates("default"), extraCaPem],
    },
  });
  const places = bulkhead(CONNECTIONS_MAX, Number.MAX_SAFE_INTEGER);
  return ({ to, subject, text, messageId }) =>
    places.execute(async () => {
      try {
        const { response } = await transport.sendMail({
          from,
          to,
          subject,
          text,
          messageId,
          // No automatic answers to a program.
          headers: { "Auto-Submitted": "auto-generated" },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal: AbortSignal.timeout(timeMs),
        });
        return { status: Number.parseInt(response, 10) };
      } catch (error) {
        return { status: statusOf(error) };
      }
    });
}

/** The mail server's answer, if there was one. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) throw error;
  return "responseCode" in error && typeof error.responseCode === "number"
    ? error.responseCode
    : undefined;
}
