import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";

import { parseSetCookie } from "cookie";

export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a page reads, not yet judged
  readonly json: any;
};
export type PageRequest = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const toLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/**
 * As much of a browser as signing in takes: cookies by host, no redirect followed behind one's
 * back.
 */
export type Browser = Disposable & {
  /** Cookies by `host name`; a test may read, steal and plant them. */
  readonly cookies: Map<string, string>;
  go(url: string, options?: PageRequest): Promise<PageAnswer>;
  /** The whole way from the link to the session's cookie. @returns the answer of the callback */
  signIn(
    portalUrl: string,
    userName: string,
    returnTo?: string,
    tenant?: string,
  ): Promise<PageAnswer>;
  /** Where Entra ID sends the person back to: the callback's URL, not yet visited. */
  authorize(
    portalUrl: string,
    userName: string,
    returnTo?: string,
    tenant?: string,
  ): Promise<string>;
};

export function createBrowser(caPem: string): Browser {
  const agent = new Agent({ ca: caPem, lookup: toLoopback, keepAlive: true });
  const cookies = new Map<string, string>();

  const browser: Browser = {
    cookies,
    async go(url, { method = "GET", headers = {}, body } = {}) {
      const { host } = new URL(url);
      const held = [...cookies]
        .filter(([key]) => key.startsWith(`${host} `))
        .map(([key, value]) => `${key.slice(host.length + 1)}=${value}`);
      const answer = await send(
        agent,
        url,
        method,
        {
          ...(held.length === 0 ? {} : { cookie: held.join("; ") }),
          ...headers,
        },
        body,
      );
      for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
        const { name, value, maxAge } = parseSetCookie(line);
        if (maxAge === 0) cookies.delete(`${host} ${name}`);
        else cookies.set(`${host} ${name}`, value ?? "");
      }
      return answer;
    },
    async authorize(portalUrl, userName, returnTo, tenant) {
      const query = new URLSearchParams({
        ...(returnTo === undefined ? {} : { returnTo }),
        ...(tenant === undefined ? {} : { tenant }),
      });
      const left = await browser.go(`${portalUrl}/portal/auth/sign-in?${query.toString()}`);
      if (left.status !== 302) throw new Error(`sign-in answered ${left.text}`);
      const authorizeUrl = new URL(String(left.headers["location"]));
      const page = await browser.go(authorizeUrl.href);
      if (page.status !== 200) throw new Error(`no sign-in page: ${page.text}`);
      const form = new URLSearchParams(authorizeUrl.searchParams);
      form.set("username", userName);
      const back = await browser.go(`${authorizeUrl.origin}${authorizeUrl.pathname}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      });
      if (back.status !== 302) throw new Error(`Entra ID answered ${back.text}`);
      return String(back.headers["location"]);
    },
    signIn: async (...where) => browser.go(await browser.authorize(...where)),
    [Symbol.dispose]() {
      agent.destroy();
    },
  };
  return browser;
}

function send(
  agent: Agent,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<PageAnswer> {
  return new Promise((resolve, reject) => {
    const message = request(url, { agent, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: text.startsWith("{") ? (JSON.parse(text) as unknown) : undefined,
        });
      });
    });
    message.on("error", reject);
    message.end(body);
  });
}
