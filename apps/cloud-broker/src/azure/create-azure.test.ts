import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from "@azure/core-rest-pipeline";
import { expect, it } from "vitest";

import { uncached } from "./create-azure.ts";

it("a token that cannot be renewed fails the call that needs it, and nothing in the background", async () => {
  let calls = 0;
  const credential: TokenCredential = {
    getToken: () => {
      calls += 1;
      const soon = Date.now() + 60_000;
      return calls === 1
        ? Promise.resolve({ token: "first", expiresOnTimestamp: soon })
        : Promise.reject(new Error("metadata service unreachable"));
    },
  };
  const sent: (string | undefined)[] = [];
  const client: HttpClient = {
    sendRequest: (request) => {
      sent.push(request.headers.get("authorization"));
      return Promise.resolve({ request, status: 200, headers: createHttpHeaders() });
    },
  };
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({ credential: uncached(credential), scopes: "scope" }),
  );
  const call = () =>
    pipeline.sendRequest(client, createPipelineRequest({ url: "https://arm.test/" }));
  await call();
  await expect(call()).rejects.toThrow("metadata service unreachable");
  expect(sent).toEqual(["Bearer first"]);
});
