// @module-tag one-engine

import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { ERRORS } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import {
  type Answer,
  AUTHORITY,
  CHALLENGE,
  errorOf,
  json,
  NO_TOKEN,
  openAzure,
  PORT_CALLS,
  responseOf,
} from "./calls.ts";

const challenge = (header: string, body = NO_TOKEN): Answer => ({
  ...json(undefined, 401, { "www-authenticate": header }),
  body,
});
const AUTHORIZATION = `Bearer authorization="${AUTHORITY}"`;
const CLAIMS = "eyJhY2Nlc3NfdG9rZW4iOnt9fQ==";
const WRONG: Readonly<Record<string, Answer>> = {
  "a foreign resource": challenge(`${AUTHORIZATION}, resource="https://evil.example"`),
  "a foreign resource, without a word": challenge(
    `${AUTHORIZATION}, resource="https://evil.example"`,
    "",
  ),
  "the resource of an HSM": challenge(`${AUTHORIZATION}, resource="https://managedhsm.azure.net"`),
  "no resource": challenge(AUTHORIZATION),
  "a resource that is not a URL": challenge(`${AUTHORIZATION}, resource="vault"`),
  claims: challenge(`${CHALLENGE}, error="insufficient_claims", claims="${CLAIMS}"`),
  "claims without a resource": challenge(
    `${AUTHORIZATION}, error="insufficient_claims", claims="${CLAIMS}"`,
  ),
  "empty claims": challenge(`${AUTHORIZATION}, error="insufficient_claims", claims=""`),
  "claims that are not base64": challenge(
    `${CHALLENGE}, error="insufficient_claims", claims="%%%"`,
  ),
  "another tenant": challenge(
    CHALLENGE.replace(AUTHORITY, "https://login.test/99999999-9999-4999-8999-999999999999"),
  ),
  "another tenant, without a word": challenge(
    CHALLENGE.replace(AUTHORITY, "https://login.test/99999999-9999-4999-8999-999999999999"),
    "",
  ),
  "the tenant, with a slash": challenge(CHALLENGE.replace(AUTHORITY, `${AUTHORITY}/`)),
  "the common tenant": challenge(CHALLENGE.replace(AUTHORITY, "https://login.test/common")),
  "a proxy's question": challenge('Basic realm="proxy"', "<html>"),
  "a page": { status: 200, body: "<html>Sign in</html>", headers: { "content-type": "text/html" } },
  "a refusal of a page": { status: 403, body: "<html>", headers: { "content-type": "text/html" } },
  "a server error": { status: 500, body: errorOf("InternalServerError"), headers: {} },
};

const NO_CREDENTIAL: readonly unknown[] = [
  { error: { code: "ScopeLocked" } },
  null,
  [],
  { properties: { issuer: "https://broker.test", subject: "another order", audiences: [] } },
];
test.each(NO_CREDENTIAL.flatMap((body) => [200, 201].map((status) => ({ body, status }))))(
  "a federated credential is not taken for made by $status $body",
  async ({ body, status }) => {
    const { azure, state } = openAzure();
    const answer = (request: PipelineRequest) =>
      Promise.resolve(responseOf(request, json(body, status)));
    state.faults = [{ kind: "rm.putFederation", times: 9, answer }];
    for (const call of ["createSystemAssigned", "attachUserAssigned"])
      expect(await PORT_CALLS[call]?.run(azure, "one")).toMatchObject({
        failure: { code: "ResourceManagerUnreachable", reason: "unexpected" },
      });
    azure.close();
  },
);

const CASES = Object.entries(PORT_CALLS).flatMap(([call, { meets, run }]) =>
  meets.flatMap((kind) =>
    Object.entries(WRONG)
      .filter(([name]) => kind.startsWith("vault.") || name.startsWith("a "))
      .flatMap(([name, answer]) =>
        [1, 9].map((times) => ({ call, run, kind, name, answer, times })),
      ),
  ),
);

test.each(CASES)(
  "$call works at once after $kind was answered with $name, $times times, and no other caller notices",
  async ({ run, kind, answer, times }) => {
    const { azure, state } = openAzure();
    const fault = {
      kind,
      times,
      answer: (request: PipelineRequest) => Promise.resolve(responseOf(request, answer)),
    };
    state.faults = [fault];
    const wrong = await run(azure, "one");
    const { code, reason } = wrong.ok ? { code: "ok", reason: "" } : wrong.failure;
    const isChallenge = kind === "vault.challenge" && answer.status === 401 && !wrong.ok;
    expect(`${code}/${reason ?? ""}`).toMatch(
      isChallenge ? /^KeyVaultUnexpectedAnswer\/challenge$/ : /./,
    );
    expect(wrong.ok ? "ok" : ERRORS[wrong.failure.code].class).toMatch(/^(ok|unreachable)$/);
    state.faults = [];
    expect(await run(azure, "other")).toMatchObject({ ok: true });
    expect(await run(azure, "one")).toMatchObject({ ok: true });
    azure.close();
  },
);
