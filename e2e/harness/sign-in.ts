import { request } from "node:https";
import { text } from "node:stream/consumers";

import { createTransport, type Stack, type StackPerson } from "@databox-cmk/local-stack";
import * as z from "zod/mini";

const granted = z.object({ access_token: z.string() });

/** A token of Resource Manager for a person, who signs in by the stack's client of the Owner. */
export async function signInAs(
  { description, caPem, directory }: Stack,
  role: StackPerson,
): Promise<string> {
  const { authorityUrl, tenantId, armUrl } = description;
  const person = directory.users.find((each) => each.role === role);
  const { clientId, clientSecret } = directory.client("Owner");
  using transport = createTransport(caPem);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const url = `${authorityUrl}/${tenantId}/oauth2/v2.0/token`;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const outgoing = request(url, { agent: transport.agent, method: "POST", headers }, (incoming) => {
    void text(incoming).then(resolve, reject);
  });
  outgoing.on("error", reject);
  outgoing.end(
    new URLSearchParams({
      grant_type: "password",
      client_id: clientId,
      client_secret: clientSecret,
      username: person?.userName ?? "",
      password: person?.password ?? "",
      scope: `${armUrl}/.default`,
    }).toString(),
  );
  return granted.parse(JSON.parse(await promise)).access_token;
}
