import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { connect as connectTls } from "node:tls";

export type UiAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a client reads, not yet judged
  readonly json: any;
};

export type Call = {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A browser's part: keeps the cookie and the token, and nothing else. */
export class UiClient {
  readonly port: number;
  cookie = "";
  csrfToken = "";

  constructor(port: number) {
    this.port = port;
  }

  call(method: string, path: string, { body, raw, headers = {} }: Call = {}): Promise<UiAnswer> {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: "127.0.0.1",
        port: this.port,
        method,
        path,
        agent: false,
        // the appliance's own certificate: people compare its fingerprint
        rejectUnauthorized: false,
        headers: {
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
          ...(this.cookie === "" ? {} : { cookie: this.cookie }),
          ...(this.csrfToken === "" ? {} : { "x-csrf-token": this.csrfToken }),
          ...headers,
        },
      });
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        let read = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          read += chunk;
        });
        incoming.on("end", () => {
          const isJson = (incoming.headers["content-type"] ?? "").startsWith("application/json");
          const json: unknown = isJson ? JSON.parse(read) : undefined;
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: read,
            json,
          });
        });
        incoming.on("error", reject);
      });
      outgoing.end(text);
    });
  }

  get = (path: string, headers?: Readonly<Record<string, string>>): Promise<UiAnswer> =>
    this.call("GET", path, headers === undefined ? {} : { headers });
  post = (path: string, body: unknown = {}): Promise<UiAnswer> => this.call("POST", path, { body });

  async signIn(passkey: string, unlock = false): Promise<UiAnswer> {
    const answer = await this.post("/api/session", { passkey, unlock });
    const [cookie] = answer.headers["set-cookie"] ?? [];
    if (answer.status === 200) {
      this.cookie = cookie?.split(";")[0] ?? "";
      this.csrfToken = answer.json.csrfToken;
    }
    return answer;
  }

  /** Reads events until one fits. */
  async event(fits: (state: UiAnswer["json"]) => boolean): Promise<UiAnswer["json"]> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: "127.0.0.1",
        port: this.port,
        path: "/api/events",
        agent: false,
        rejectUnauthorized: false,
        headers: this.cookie === "" ? {} : { cookie: this.cookie },
      });
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        let rest = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          const events = (rest + chunk).split("\n\n");
          rest = events.pop() ?? "";
          for (const event of events) {
            const data = /^data: (.*)$/m.exec(event)?.[1];
            if (data === undefined) continue;
            const state: unknown = JSON.parse(data);
            if (!fits(state)) continue;
            outgoing.destroy();
            resolve(state);
          }
        });
      });
      outgoing.end();
    });
  }

  fingerprint(): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connectTls(
        { host: "127.0.0.1", port: this.port, rejectUnauthorized: false },
        () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        },
      );
      socket.on("error", reject);
    });
  }
}
