import { localStarted } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { createApi, FailureError, SilenceError } from "./create-api.ts";

function answering(answer: () => Response, csrfToken?: string) {
  const calls: RequestInit[] = [];
  let signedOut = 0;
  const api = createApi({
    fetch: (_path, init) => {
      calls.push(init);
      return Promise.resolve().then(answer);
    },
    csrfToken: () => csrfToken,
    onUsed: () => undefined,
    onSignedOut: () => {
      signedOut += 1;
    },
  });
  return { api, calls, signedOut: () => signedOut };
}

const json = (status: number, body: unknown) => () =>
  new Response(JSON.stringify(body), { status });
const failure = {
  code: "PasskeyRejected",
  class: "refused",
  who: "site-operator",
  title: "t",
  message: "m",
  ask: "a",
  steps: [],
};
const started = json(202, { operation: "1" });
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

test("a change carries the session's token, a reading and a stranger's call none", async () => {
  const signedIn = answering(started, "token-1");
  await signedIn.api.call("POST", "/api/lock", localStarted, {});
  await signedIn.api.call("GET", "/api/x", localStarted);
  const stranger = answering(started);
  await stranger.api.call("POST", "/api/unlock", localStarted, {});
  const tokens = [...signedIn.calls, ...stranger.calls].map(({ headers }) =>
    new Headers(headers).get("x-csrf-token"),
  );
  expect(tokens).toEqual(["token-1", null, null]);
});

test("a failure is what the appliance said of it", async () => {
  const { api } = answering(json(403, { error: failure }));
  const error = await errorOf(api.call("POST", "/api/unlock", localStarted, {}));
  expect(error).toBeInstanceOf(FailureError);
  expect((error as FailureError).failure).toEqual(failure);
});

test("401 says that the session has ended", async () => {
  const { api, signedOut } = answering(
    json(401, { error: { ...failure, code: "LocalSignInRequired" } }),
  );
  await errorOf(api.call("POST", "/api/lock", localStarted, {}));
  expect(signedOut()).toBe(1);
});

test.each([
  {
    what: "no connection",
    answer: () => {
      throw new TypeError("Failed to fetch");
    },
  },
  { what: "a page instead of JSON", answer: () => new Response("<html>", { status: 502 }) },
  { what: "an error of another shape", answer: json(500, { error: "x" }) },
  { what: "an answer of another shape", answer: json(200, { operation: 1 }) },
])("$what is silence, not a failure of the appliance", async ({ answer }) => {
  const { api } = answering(answer);
  const error = await errorOf(api.call("POST", "/api/unlock", localStarted, {}));
  expect(error).toBeInstanceOf(SilenceError);
});
