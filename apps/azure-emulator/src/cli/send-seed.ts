import { readFileSync } from "node:fs";

import { Agent, request } from "undici";
import * as z from "zod";

import { loopbackLookup } from "../loopback-lookup.ts";
import { callControl, type ControlTarget } from "./control-client.ts";

const clientId = z.guid();
/** Bodies are not described here again: the emulator checks them, as it checks a client's. */
const body = z.looseObject({});
const seedFile = z.strictObject({
  applications: z.record(clientId, z.looseObject({ secret: z.string().optional() })).default({}),
  users: z.record(z.string(), body).default({}),
  settings: body.optional(),
  requests: z
    .array(
      z.strictObject({
        /** Client id of an application of this file, which has a secret. */
        as: clientId,
        method: z.enum(["PUT", "POST", "PATCH", "DELETE"]).default("PUT"),
        /** Without a port: the running emulator's is added. */
        url: z.url({ protocol: /^https$/u, hostname: /\.localhost$/u }),
        body: body.optional(),
      }),
    )
    .default([]),
});
const application = z.object({ tenantId: z.string() });
const token = z.object({ access_token: z.string() });

/**
 * Fills a running emulator as its clients would: applications and users by the control API, then
 * each request with a token of the application that it names. So a seed can hold everything
 * that a client can create: vaults, roles, keys, identities and orders.
 *
 * @throws Error at the first request that is refused, with the reason.
 */
export async function sendSeed(target: ControlTarget, untrusted: unknown): Promise<void> {
  const seed = seedFile.parse(untrusted);
  for (const [userName, user] of Object.entries(seed.users))
    await callControl(target, "PUT", `/users/${encodeURIComponent(userName)}`, user);
  if (seed.settings !== undefined) await callControl(target, "PATCH", "/settings", seed.settings);
  const tenants = new Map<string, string>();
  for (const [id, facts] of Object.entries(seed.applications)) {
    const answer = await callControl(target, "PUT", `/applications/${id}`, facts);
    tenants.set(id, application.parse(answer).tenantId);
  }
  const dispatcher = new Agent({
    connect: { ca: readFileSync(target.caFile, "utf8"), lookup: loopbackLookup },
  });
  const { port } = new URL(target.controlUrl);
  try {
    for (const [index, { as, method, url, body: payload }] of seed.requests.entries()) {
      const tenant = tenants.get(as);
      const secret = seed.applications[as]?.secret;
      if (tenant === undefined || secret === undefined)
        throw new Error(`requests.${index}.as: no application of this file with a secret is ${as}`);
      const address = new URL(url);
      if (address.port === "") address.port = port;
      const { hostname } = address;
      const resource = hostname.endsWith(".vault.localhost") ? "vault.localhost" : hostname;
      const { access_token: accessToken } = token.parse(
        await send(`https://login.localhost:${port}/${tenant}/oauth2/v2.0/token`, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({
            grant_type: "client_credentials",
            client_id: as,
            client_secret: secret,
            scope: `https://${resource}:${port}/.default`,
          }).toString(),
          dispatcher,
        }),
      );
      const headers = {
        authorization: `Bearer ${accessToken}`,
        ...(payload && { "content-type": "application/json" }),
      };
      const content = payload ? JSON.stringify(payload) : null;
      await send(address.href, { method, headers, body: content, dispatcher });
    }
  } finally {
    await dispatcher.close();
  }
}

async function send(
  url: string,
  call: NonNullable<Parameters<typeof request>[1]> & { readonly method: string },
): Promise<unknown> {
  const answer = await request(url, call);
  const text = await answer.body.text();
  if (answer.statusCode >= 300)
    throw new Error(`${call.method} ${url} was answered ${answer.statusCode}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
