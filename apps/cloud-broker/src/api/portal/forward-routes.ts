import type { JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { PORTAL_PATHS } from "@databox-cmk/protocol";

import { errorOf } from "../../core/failure-error.ts";
import { parseKeyUrl } from "../../core/key-url.ts";
import {
  type ForwardedCall,
  forwardedPath,
  GRAPH_CALLS,
  KEY_VAULT_CALLS,
  RESOURCE_MANAGER_CALLS,
  hasDefaults,
  mustBeAbsent,
} from "../../core/portal/forwarded-calls.ts";
import type { Answer, Audience, ServedRoute, SessionRequest } from "../../http/route.ts";
import type { CallAzure } from "./call-azure.ts";
import type { NameClaims } from "./name-claims.ts";
import type { UserTokens } from "./user-tokens.ts";

export type ForwardDependencies = {
  readonly armUrl: string;
  readonly graphUrl: string;
  readonly keyVaultSuffixes: readonly string[];
  readonly tokens: UserTokens;
  /** Keep two pages that create the same thing from overwriting each other. */
  readonly claims: NameClaims;
  readonly callAzure: CallAzure;
  /** Called after each call that may have changed something. */
  readonly written: (request: SessionRequest, template: string, status: number) => Promise<void>;
};

const MAX_BYTES = 64 * 1024;
const UNAUTHORISED = 401;
const FIRST_REFUSAL = 400;
const NOT_FOUND = 404;

/**
 * Azure's own APIs for pages, with the token of the person: Azure decides, as it does for any
 * client of theirs. One rule is stricter than Azure's: creating never overwrites.
 */
export function createForwardRoutes(dependencies: ForwardDependencies): readonly ServedRoute[] {
  return [
    ...rowsOf(dependencies, RESOURCE_MANAGER_CALLS, {
      audience: "arm",
      below: PORTAL_PATHS.caller,
      origin: () => dependencies.armUrl,
    }),
    ...rowsOf(dependencies, KEY_VAULT_CALLS, {
      audience: "vault",
      below: "/portal/api/vaults/:vaultHost",
      origin: (request) => vaultOrigin(request, dependencies.keyVaultSuffixes),
    }),
    ...rowsOf(dependencies, GRAPH_CALLS, {
      audience: "graph",
      below: "/portal/api/graph",
      origin: () => dependencies.graphUrl,
    }),
  ];
}

type ForwardTarget = {
  readonly audience: Audience;
  readonly below: string;
  readonly origin: (request: SessionRequest) => string;
};

/** Fixed segments before named ones, so that `versions` is not taken for a version. */
function rowsOf(
  dependencies: ForwardDependencies,
  calls: readonly ForwardedCall[],
  target: ForwardTarget,
): readonly ServedRoute[] {
  return calls.flatMap((call) =>
    call.methods.map((method): ServedRoute => {
      const run = (request: ForwardRequest): Promise<Answer> =>
        forward(dependencies, target, call, request);
      const row = {
        method,
        path: `${target.below}${call.path}`,
        authentication: "session",
      } as const;
      return method === "GET"
        ? { ...row, reads: "nothing", handle: run }
        : { ...row, reads: "json", maxBytes: MAX_BYTES, optional: true, handle: run };
    }),
  );
}

type ForwardRequest = SessionRequest & { readonly body?: JsonObject | undefined };

async function forward(
  dependencies: ForwardDependencies,
  target: ForwardTarget,
  row: ForwardedCall,
  request: ForwardRequest,
): Promise<Answer> {
  const { method, body } = request;
  const origin = target.origin(request);
  const url = `${origin}${pathOf(row.path, request, row.query)}`;
  const send = async (): Promise<Answer> => {
    const answer = await ask(dependencies, target, request, {
      method,
      url,
      body: body === undefined || Object.keys(body).length === 0 ? undefined : JSON.stringify(body),
    });
    if (isWrite(method)) await dependencies.written(request, row.path, answer.status);
    return answer;
  };
  const absent = mustBeAbsent(row, method, request.header("if-match"));
  if (absent === undefined) return send();
  const read = `${origin}${pathOf(absent, request)}`;
  return dependencies.claims.during(read.toLowerCase(), async (confirm) => {
    const found = await ask(dependencies, target, request, { method: "GET", url: read });
    if (found.status === NOT_FOUND) {
      await confirm();
      return send();
    }
    // A refusal leaves open whether something has the name, so nothing is written.
    if (found.status >= FIRST_REFUSAL) return found;
    if (row.startsWithDefaults !== true) throw new AppError("NameTaken", { target: "name" });
    if (!hasDefaults(jsonOf(found)))
      throw new AppError("PreconditionFailed", {
        target: row.path.slice(row.path.lastIndexOf("/") + 1),
        detail: "it no longer has Azure's defaults, and a page does not overwrite it",
      });
    await confirm();
    return send();
  });
}

/** @returns undefined for an answer without JSON */
function jsonOf({ body }: Answer): unknown {
  if (body === undefined || !("bytes" in body)) return undefined;
  try {
    return JSON.parse(Buffer.from(body.bytes).toString());
  } catch {
    return undefined;
  }
}

/**
 * Retries once with a fresh token when the first one was revoked, or too old for this vault; that
 * answer counts.
 */
async function ask(
  { tokens, callAzure }: Pick<ForwardDependencies, "tokens" | "callAzure">,
  { audience }: ForwardTarget,
  { session, requestId }: ForwardRequest,
  wanted: { readonly method: string; readonly url: string; readonly body?: string | undefined },
): Promise<Answer> {
  const call = { audience, requestId, ...wanted };
  const { accessToken } = await tokens.of(session, audience);
  const answer = await callAzure(call, accessToken);
  if (answer.status !== UNAUTHORISED) return answer;
  const renewed = await tokens.of(session, audience, accessToken);
  return callAzure(call, renewed.accessToken);
}

/** @throws {AppError} InvalidRequestContent for a name or a parameter that is not passed on */
function pathOf(
  template: string,
  { parameters, query }: ForwardRequest,
  only?: ForwardedCall["query"],
): string {
  const made = forwardedPath(template, parameters, query, only);
  if (made.ok) return made.path;
  throw new AppError("InvalidRequestContent", {
    target: "path",
    detail: `${made.detail} is not passed on`,
  });
}

const isWrite = (method: string): boolean => method !== "GET";

/**
 * The same list of hosts that applies to every key; `name.vault.azure.net`, and a port where the
 * suffix has one.
 */
function vaultOrigin({ parameters }: SessionRequest, suffixes: readonly string[]): string {
  const parsed = parseKeyUrl(`https://${parameters["vaultHost"] ?? ""}/keys/any`, suffixes);
  if (!parsed.ok) throw errorOf({ ...parsed.failure, target: "vaultHost" });
  return parsed.value.vaultUrl;
}
