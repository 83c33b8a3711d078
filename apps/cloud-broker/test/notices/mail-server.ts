import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { callbackify } from "node:util";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";

export const AUTHORITY = createCertificateAuthority({ commonName: "mail", validityDays: 1 });
/** The certificate of every server on loopback in these tests. */
export const CERTIFICATE = issueServerCertificate({
  ca: AUTHORITY,
  commonName: "localhost",
  dnsNames: ["localhost"],
  ipAddresses: ["127.0.0.1"],
  validityDays: 1,
});
export const USER = { user: "cmk", password: "correct horse" } as const;

export type ReceivedMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
  /** As it came: headers and text. */
  readonly source: string;
};

export type MailServer = AsyncDisposable & {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** User names and passwords that were sent to it. */
  readonly logins: string[];
  /** Status with which the next messages are refused; undefined: they are taken. */
  refuseWith: number | undefined;
  /** Runs when a message was taken, before the client gets the answer. */
  beforeAnswer: () => Promise<void>;
};

/** A mail server on loopback: a real one, that keeps what it gets in memory. */
export async function openMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const logins: string[] = [];
  const state: Pick<MailServer, "refuseWith" | "beforeAnswer"> = {
    refuseWith: undefined,
    beforeAnswer: () => Promise.resolve(),
  };
  const server = new SMTPServer({
    key: CERTIFICATE.privateKeyPem,
    cert: CERTIFICATE.certificatePem,
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onAuth({ username = "", password = "" }, _session, done) {
      logins.push(`${username} ${password}`);
      const isKnown = username === USER.user && password === USER.password;
      done(isKnown ? null : new Error("unknown"), isKnown ? { user: username } : undefined);
    },
    onData: callbackify(async (stream: Readable, session: SMTPServerSession) => {
      const source = await text(stream);
      if (state.refuseWith !== undefined)
        throw Object.assign(new Error("refused"), { responseCode: state.refuseWith });
      const { mailFrom, rcptTo } = session.envelope;
      received.push({
        from: mailFrom === false ? "" : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        isEncrypted: session.secure,
        user: session.user === undefined ? undefined : String(session.user),
        source,
      });
      await state.beforeAnswer();
    }),
    ...options,
  });
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  // A client that turns away during the handshake is expected.
  server.on("error", () => undefined);
  return Object.assign(state, {
    port: address.port,
    received,
    logins,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  });
}
