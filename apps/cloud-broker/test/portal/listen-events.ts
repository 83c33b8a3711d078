import { Agent, request } from "node:https";

import type { PortalWorld, SignedInPage } from "./portal-world.ts";

/**
 * An EventSource, as much as a test needs of one.
 *
 * @param at - the address of a replica
 */
export async function listenEvents(
  page: SignedInPage,
  { caPem, portalUrl: home }: PortalWorld,
  at: string,
) {
  const { host, port } = new URL(at);
  const cookie = page.browser.cookies.get(`${new URL(home).host} __Host-databox`) ?? "";
  const agent = new Agent({ ca: caPem });
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly type: string;
    readonly text: () => string;
    readonly until: (pattern: RegExp) => Promise<string>;
    /** Whether the broker ended it by itself, and did not cut it off. */
    readonly ended: Promise<boolean>;
  }>();
  const message = request(
    {
      agent,
      host: "127.0.0.1",
      port,
      servername: "broker.localhost",
      path: "/portal/api/events",
      headers: { host, accept: "text/event-stream", cookie: `__Host-databox=${cookie}` },
    },
    (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("error", () => undefined);
      const ended = new Promise<boolean>((done) => {
        response.once("close", () => {
          done(response.complete);
        });
      });
      const until = (pattern: RegExp): Promise<string> =>
        new Promise((done, fail) => {
          const look = (): void => {
            if (pattern.test(text)) done(text);
          };
          response.on("data", look);
          response.once("close", () => {
            fail(new Error(`ended with ${text}`));
          });
          look();
        });
      resolve({
        status: response.statusCode ?? 0,
        type: String(response.headers["content-type"]),
        text: () => text,
        until,
        ended,
      });
    },
  );
  message.on("error", reject);
  message.end();
  return promise;
}
