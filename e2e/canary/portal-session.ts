import { type IncomingHttpHeaders } from "node:http";
import { type Agent, request } from "node:https";
import { text } from "node:stream/consumers";

import { createTransport } from "@databox-cmk/local-stack";

import type { World } from "../harness/open-world.ts";

type Answer = {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
};

/**
 * Signs a person in to the portal as a browser does.
 *
 * @returns the value of each cookie that the broker gave
 */
export async function signInToPortal(
  { stack }: World,
  userName: string,
): Promise<readonly string[]> {
  using transport = createTransport(stack.caPem);
  const go = (url: string, options: { cookie?: string; form?: URLSearchParams } = {}) =>
    send(transport.agent, url, options);
  const left = await go(`${stack.description.brokerUrl}/portal/auth/sign-in`);
  const authorizeUrl = new URL(left.headers.location ?? "");
  const form = new URLSearchParams(authorizeUrl.searchParams);
  form.set("username", userName);
  const back = await go(`${authorizeUrl.origin}${authorizeUrl.pathname}`, { form });
  const signedIn = await go(back.headers.location ?? "", { cookie: cookiesOf(left).join("; ") });
  const values = [...cookiesOf(left), ...cookiesOf(signedIn)].map((each) =>
    each.slice(each.indexOf("=") + 1),
  );
  const session = cookiesOf(signedIn).find((each) => !each.endsWith("="));
  if (session === undefined)
    throw new Error(`no session: ${String(signedIn.status)} ${signedIn.body}`);
  return values.filter((value) => value !== "");
}

const cookiesOf = ({ headers }: Answer): string[] =>
  (headers["set-cookie"] ?? []).map((line) => line.split(";", 1)[0] ?? "");

function send(
  agent: Agent,
  url: string,
  { cookie, form }: { cookie?: string; form?: URLSearchParams },
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(
    url,
    {
      agent,
      method: form === undefined ? "GET" : "POST",
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
    },
    (incoming) => {
      const { headers, statusCode: status = 0 } = incoming;
      resolve(text(incoming).then((body) => ({ headers, body, status })));
    },
  );
  outgoing.on("error", reject);
  outgoing.end(form?.toString());
  return promise;
}
