import * as z from "zod/mini";

/**
 * A call that the portal may make to Azure with the person's own token. Deny by default: a call
 * without a row is 404.
 */
export type ForwardedCall = {
  readonly methods: readonly ("GET" | "PUT" | "POST" | "PATCH")[];
  /** `:name` stands for one segment. */
  readonly path: string;
  /**
   * This PUT only adds to an existing resource. Every other PUT creates one, and only under a free
   * name.
   */
  readonly adds?: true;
  /**
   * This POST makes a new version of an existing resource, unless it says otherwise; the path
   * without its last segment is read.
   */
  readonly versions?: true;
  /**
   * The resource of this PUT always exists, first with Azure's defaults. The PUT is sent only while
   * it still has them.
   */
  readonly startsWithDefaults?: true;
  /** Exactly the parameters of this call, in lower case. Without it, any of the common ones. */
  readonly query?: ReadonlyMap<string, RegExp>;
};

const SUBSCRIPTION = "/subscriptions/:subscriptionId";
const GROUP = `${SUBSCRIPTION}/resourceGroups/:resourceGroup`;
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/:vaultName`;
const IDENTITY = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/:identityName`;
const ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments";

/**
 * Resource Manager: the calls that choose, make and open a vault, a key and an identity. They never
 * delete anything, overwrite what exists, or remove a right.
 */
export const RESOURCE_MANAGER_CALLS = [
  { methods: ["GET"], path: "/subscriptions" },
  { methods: ["GET"], path: SUBSCRIPTION },
  { methods: ["GET"], path: `${SUBSCRIPTION}/locations` },
  { methods: ["GET"], path: `${SUBSCRIPTION}/resourceGroups` },
  { methods: ["GET", "PUT"], path: GROUP },
  { methods: ["GET"], path: `${SUBSCRIPTION}/providers/Microsoft.KeyVault/vaults` },
  { methods: ["GET"], path: `${SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedVaults` },
  { methods: ["POST"], path: `${SUBSCRIPTION}/providers/Microsoft.KeyVault/checkNameAvailability` },
  { methods: ["GET"], path: `${GROUP}/providers/Microsoft.KeyVault/vaults` },
  { methods: ["GET", "PUT"], path: VAULT },
  // Unites rights. `replace` and `remove`, and a PATCH of the vault, could take some away.
  { methods: ["PUT"], path: `${VAULT}/accessPolicies/add`, adds: true },
  {
    methods: ["GET"],
    path: `${SUBSCRIPTION}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`,
  },
  { methods: ["GET"], path: `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities` },
  { methods: ["GET", "PUT"], path: IDENTITY },
  { methods: ["GET"], path: `${IDENTITY}/federatedIdentityCredentials` },
  { methods: ["GET", "PUT"], path: `${IDENTITY}/federatedIdentityCredentials/:credentialName` },
  { methods: ["GET"], path: `${SUBSCRIPTION}${ASSIGNMENTS}` },
  { methods: ["GET"], path: `${GROUP}${ASSIGNMENTS}` },
  { methods: ["GET"], path: `${VAULT}${ASSIGNMENTS}` },
  { methods: ["GET", "PUT"], path: `${VAULT}${ASSIGNMENTS}/:assignmentName` },
  { methods: ["GET"], path: `${VAULT}/keys/:keyName${ASSIGNMENTS}` },
  { methods: ["GET", "PUT"], path: `${VAULT}/keys/:keyName${ASSIGNMENTS}/:assignmentName` },
  { methods: ["GET"], path: `${SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts` },
  { methods: ["GET"], path: `${GROUP}/providers/Microsoft.Storage/storageAccounts` },
] as const satisfies readonly ForwardedCall[];

/** Key Vault: the calls that choose, make, date and rotate a key. No operation uses a key. */
export const KEY_VAULT_CALLS = [
  { methods: ["GET"], path: "/keys" },
  { methods: ["GET"], path: "/keys/:keyName" },
  { methods: ["GET"], path: "/keys/:keyName/versions" },
  { methods: ["POST"], path: "/keys/:keyName/create", versions: true },
  { methods: ["POST"], path: "/keys/:keyName/rotate" },
  { methods: ["GET", "PUT"], path: "/keys/:keyName/rotationpolicy", startsWithDefaults: true },
  { methods: ["GET", "PATCH"], path: "/keys/:keyName/:keyVersion" },
] as const satisfies readonly ForwardedCall[];

/** At most 15 object ids, or the beginning of either name: letters of every script. */
const PEOPLE =
  /^(?:id in \('[\dA-Fa-f-]{36}'(?:,'[\dA-Fa-f-]{36}'){0,14}\)|startswith\(displayName,'((?:[ -&(-~\p{L}\p{M}]|''){1,256})'\) or startswith\(userPrincipalName,'\1'\))$/u;

/**
 * Microsoft Graph: the names of people, by their object ids or by the beginning of a name. Every
 * parameter is required: without them, Graph would list the directory with all that it shows.
 */
export const GRAPH_CALLS = [
  {
    methods: ["GET"],
    path: "/v1.0/users",
    query: new Map([
      ["$filter", PEOPLE],
      ["$select", /^id,displayName,userPrincipalName$/],
      ["$top", /^(?:[1-9]|1[0-5])$/],
    ]),
  },
] as const satisfies readonly ForwardedCall[];

/** Names of Azure resources; never a dot segment, never a separator. */
const NAME = /^(?!\.+$)[\w.()-]{1,128}$/;
const QUERY: ReadonlyMap<string, RegExp> = new Map([
  ["api-version", /^\d{1,4}(?:\.\d|-\d{2}-\d{2}(?:-preview)?)$/i],
  ["$filter", /^[ -~]{1,512}$/],
  ["$top", /^\d{1,4}$/],
  ["$skiptoken", /^[!-~]{1,2048}$/],
  ["maxresults", /^\d{1,3}$/],
]);

/**
 * Builds path and query of a call from its row, so that only names and known parameters of the
 * request get through.
 *
 * @param only - the parameters that the call must have, if the common ones are not meant
 * @returns a refusal as text for a name or a parameter that the row does not allow
 */
export function forwardedPath(
  template: string,
  names: Readonly<Record<string, string>>,
  query: Iterable<readonly [string, string]>,
  only?: ReadonlyMap<string, RegExp>,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly detail: string } {
  const segments: string[] = [];
  for (const segment of template.split("/")) {
    if (!segment.startsWith(":")) {
      segments.push(segment);
      continue;
    }
    const value = names[segment.slice(1)] ?? "";
    if (!NAME.test(value)) return { ok: false, detail: `${segment.slice(1)}: not a name` };
    segments.push(value);
  }
  const kept: string[] = [];
  const missing = new Set(only?.keys());
  for (const [name, value] of query) {
    const allowed = (only ?? QUERY).get(name.toLowerCase());
    if (allowed?.test(value) !== true)
      return { ok: false, detail: `query parameter ${JSON.stringify(name.slice(0, 64))}` };
    kept.push(`${name}=${encodeURIComponent(value)}`);
    missing.delete(name.toLowerCase());
  }
  const [first] = missing;
  if (first !== undefined) return { ok: false, detail: `a call without ${first}` };
  return {
    ok: true,
    path: `${segments.join("/")}${kept.length === 0 ? "" : `?${kept.join("&")}`}`,
  };
}

/**
 * Azure's PUT creates or overwrites, and a POST to `create` makes a key or a version of one. Azure
 * has no precondition for either, so what must be absent is read before.
 *
 * @param ifMatch - header If-Match (RFC 9110 §13.1.1): with `*` a page says that a new version of
 * an existing key is meant
 * @returns template of the path that has to answer 404 before the call is sent; `undefined` for a
 * call that overwrites nothing
 */
export function mustBeAbsent(
  { path, adds, versions }: ForwardedCall,
  method: string,
  ifMatch: string | undefined,
): string | undefined {
  if (method === "PUT") return adds === true ? undefined : path;
  if (versions !== true || method !== "POST" || ifMatch?.trim() === "*") return undefined;
  return path.slice(0, path.lastIndexOf("/"));
}

const written = z.object({
  attributes: z.nullish(z.object({ created: z.nullish(z.number()) })),
});

/**
 * Whether a resource that always exists still has Azure's defaults: its attributes then have no
 * time of creation.
 *
 * @param answer - parsed JSON of the GET; anything unexpected counts as written
 */
export function hasDefaults(answer: unknown): boolean {
  const parsed = z.safeParse(written, answer);
  return parsed.success && typeof parsed.data.attributes?.created !== "number";
}
