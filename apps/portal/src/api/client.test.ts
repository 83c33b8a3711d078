import { expect, test } from "vitest";
import * as z from "zod/mini";

import { createClient } from "./client.ts";
import { ProblemError } from "./problem-error.ts";

function answering(answer: () => Response) {
  const calls: { path: string; init: RequestInit }[] = [];
  let signedOut = 0;
  const client = createClient({
    csrfToken: "token-1",
    fetch: (path, init) => {
      calls.push({ path, init });
      return Promise.resolve().then(answer);
    },
    onSignedOut: () => {
      signedOut += 1;
    },
  });
  return { client, calls, signedOut: () => signedOut };
}

const json = (status: number, body: unknown) => () =>
  new Response(JSON.stringify(body), { status });
const view = z.object({ name: z.string() });

const CALLS = {
  read: { at: ["GET", "/portal/x/:name"], answers: { 200: view } },
  write: {
    at: ["PUT", "/portal/x/:name"],
    headers: ["If-Match"],
    body: view,
    answers: { 200: view },
  },
} as const;
const FILE = { at: ["GET", "/portal/x"], answers: { 200: undefined } } as const;
const NO_PARAMS = { params: {} };

const cut = (status: number) =>
  answering(
    () =>
      new Response(new ReadableStream({ start: (body) => body.error(new TypeError("cut")) }), {
        status,
      }),
  );

async function problemOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

test("the session's token goes with every call but GET", async () => {
  const { client, calls } = answering(json(200, { name: "a" }));
  await client.read("/x", view);
  await client.send("/x", { method: "POST", body: { a: 1 } });
  expect(calls.map(({ init }) => new Headers(init.headers).get("x-csrf-token"))).toEqual([
    null,
    "token-1",
  ]);
});

test("a change is sent with the tag of the resource that was read", async () => {
  const { client, calls } = answering(
    () => new Response(JSON.stringify({ name: "a" }), { headers: { etag: '"1"' } }),
  );
  const { value, tag } = await client.callTagged(CALLS.read, { params: { name: "a" } });
  expect({ value, tag }).toEqual({ value: { name: "a" }, tag: '"1"' });
  await client.call(CALLS.write, { params: { name: "a" }, body: value, ifMatch: '"1"' });
  expect(calls.map(({ path }) => path)).toEqual(["/portal/x/a", "/portal/x/a"]);
  expect(new Headers(calls.at(-1)?.init.headers).get("if-match")).toBe('"1"');
});

test("a call takes no precondition that its row does not have", () => {
  const { client } = answering(json(200, { name: "a" }));
  const params = { name: "a" };
  const wrong = [
    // @ts-expect-error -- the row has If-Match only
    () => client.call(CALLS.write, { params, body: params, createOnly: true }),
    // @ts-expect-error -- the row has none
    () => client.call(CALLS.read, { params, ifMatch: "*" }),
  ];
  expect(wrong).toHaveLength(2);
});

test("a file is read as it is, and a refusal or an interrupted body is a problem", async () => {
  const { client, calls } = answering(() => new Response("%PDF-1.7"));
  expect(await (await client.callFile(FILE, NO_PARAMS)).text()).toBe("%PDF-1.7");
  expect(new Headers(calls[0]?.init.headers).get("accept")).toBe("*/*");
  const refused = answering(json(403, {}));
  expect((await problemOf(refused.client.callFile(FILE, NO_PARAMS))).status).toBe(403);
  const { problem } = await problemOf(cut(200).client.callFile(FILE, NO_PARAMS));
  expect(problem.code).toBe("PortalUnreachable");
});

test("an answer that breaks off is a lost connection, not the answer of something else", async () => {
  const { problem } = await problemOf(cut(200).client.read("/x", view));
  expect(problem).toMatchObject({ code: "PortalUnreachable", reason: "connection" });
  expect((await problemOf(cut(503).client.read("/x", view))).status).toBe(503);
});

test("an answer with a status that the row does not have is a problem", async () => {
  const { client } = answering(json(201, { name: "a" }));
  const { problem } = await problemOf(client.call(CALLS.read, { params: { name: "a" } }));
  expect(problem.code).toBe("PortalUnreachable");
});

test("an answer of another shape is a problem that names the member, not a page that breaks later", async () => {
  const { client } = answering(json(200, { name: 1 }));
  const { problem } = await problemOf(client.read("/x", view));
  expect(problem.code).toBe("PortalUnreachable");
  expect(problem.message).toContain("name");
});

test("a refusal keeps its code, reason, who must act, steps and other additions", async () => {
  const { client } = answering(
    json(403, {
      error: {
        code: "SsemUserErrorKeyVaultBadRequestException",
        message: "no access.",
        details: [{ code: "role", message: "m" }],
        additionalInfo: [
          {
            type: "Recovery",
            info: {
              class: "refused",
              who: "security-administrator",
              recoverable: "yes",
              reason: "role",
              ask: "ask",
              steps: [{ text: "grant", command: "az role" }],
              docs: "d",
              requestId: "r-1",
            },
          },
          { type: "OfflineAnswer", info: { answer: "jws" } },
        ],
      },
    }),
  );
  const { problem, status, additionalInfo } = await problemOf(client.read("/x", view));
  expect(status).toBe(403);
  expect(problem).toMatchObject({
    reason: "role",
    who: "security-administrator",
    steps: [{ text: "grant", command: "az role" }],
    requestId: "r-1",
  });
  expect(additionalInfo.at(1)).toEqual({ type: "OfflineAnswer", info: { answer: "jws" } });
});

test("Azure's own error without recovery is explained by our row of the same code", async () => {
  const { client } = answering(
    json(404, { error: { code: "ResourceNotFound", message: "not there" } }),
  );
  const { problem } = await problemOf(client.read("/x", view));
  expect(problem).toMatchObject({ code: "ResourceNotFound", message: "not there" });
  expect(problem.steps.length).toBeGreaterThan(0);
});

test("an unlisted code is shown unchanged", async () => {
  const { client } = answering(json(409, { error: { code: "VaultAlreadyExists", message: "m" } }));
  const { problem } = await problemOf(client.read("/x", view));
  expect(problem).toMatchObject({ code: "VaultAlreadyExists", title: "VaultAlreadyExists" });
});

test.each([
  ["a proxy's page", () => new Response("<html>", { status: 502 })],
  [
    "a network failure",
    () => {
      throw new TypeError("fetch failed");
    },
  ],
])("%s is unreachable, never a refusal", async (_name, answer) => {
  const { client } = answering(answer);
  const { problem } = await problemOf(client.read("/x", view));
  expect(problem).toMatchObject({ code: "PortalUnreachable", class: "unreachable" });
});

test("an ended session is reported once for each answer", async () => {
  const { client, signedOut } = answering(
    json(401, { error: { code: "AuthenticationFailed", message: "m" } }),
  );
  await problemOf(client.read("/x", view));
  expect(signedOut()).toBe(1);
});
