import { rm } from "node:fs/promises";
import { join } from "node:path";

import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import type { AzureClients, Stack } from "@databox-cmk/local-stack";
import {
  createAzureClients,
  createTransport,
  openParticipants,
  startStack,
} from "@databox-cmk/local-stack";
import type { OperatorClient } from "@databox-cmk/local-stack";
import { COMPILED_ONCE, openTemporaryFolder } from "@databox-cmk/testkit";
import * as z from "zod";

import { BROKER } from "../../harness/programs.ts";
import { type HostileBroker, openHostileBroker } from "./hostile-broker.ts";
import { createJsonClient, type JsonAnswer, type SendJson } from "./json-client.ts";

const JOB_API_VERSION = "2022-12-01";
const faultList = z.object({
  value: z.array(z.object({ id: z.string(), scope: z.object({ vault: z.string().optional() }) })),
});
const FREE_PORTS = { emulator: 0, broker: 0, imds: 0, dns: 0 };

export type FaultScope = {
  readonly service: "key-vault" | "entra" | "imds" | "resource-manager" | "dns";
  readonly vault?: string;
  readonly operation?: string;
};

/** One local stack for the whole matrix, with all its actors. */
export type FaultWorld = {
  readonly folder: string;
  readonly stack: Stack;
  readonly customer: AzureClients;
  readonly customerObjectId: string;
  readonly operator: OperatorClient;
  readonly identities: ManagedServiceIdentityClient;
  /**
   * A TLS server of another authority that plays an obstacle between an appliance and its broker,
   * or a broker and a vault.
   */
  readonly hostile: HostileBroker;
  readonly send: SendJson;
  /** By the emulator's control API. @throws {Error} when it refuses */
  control(method: string, path: string, body?: object): Promise<unknown>;
  /** Adds a fault; answers its id. */
  addFault(scope: FaultScope, effect: object, count?: number): Promise<string>;
  removeFault(id: string): Promise<void>;
  /** @param vault - leaves the faults of other vaults alone; absent: all */
  clearFaults(vault?: string): Promise<void>;
  /**
   * As the customer, through Resource Manager; `path` carries its own api-version.
   *
   * @throws {Error} when it refuses
   */
  manage(method: string, path: string, body?: object): Promise<unknown>;
  /**
   * Of an order, through Resource Manager or, while that is broken on purpose, by the broker's own
   * address.
   */
  job(
    method: string,
    path: string,
    body?: object,
    by?: "resource-manager" | "broker",
  ): Promise<JsonAnswer>;
  operatorView(orderId: string): Promise<unknown>;
  /** A new process on the same data: no token, no connection, nothing remembered. */
  restartBroker(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function openFaultWorld(): Promise<FaultWorld> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(openTemporaryFolder()).path;
  const hostile = opened.use(await openHostileBroker());
  const stack = await startStack({
    directory: join(folder, "stack"),
    ports: FREE_PORTS,
    brokerMain: BROKER,
    brokerEnvironment: COMPILED_ONCE,
  });
  opened.defer(() => stack.close());
  const { description, caPem } = stack;
  // The second suffix is the hostile server's: a vault that it serves has an untrusted certificate.
  const environment = {
    KEY_VAULT_SUFFIXES: `${description.vaultSuffix},${hostile.vaultSuffix}`,
    RATE_LIMIT_ADDRESS_PER_SECOND: "0",
    RATE_LIMIT_DEVICE_PER_MINUTE: "0",
    RATE_LIMIT_NODE_UNLOCKS_PER_MINUTE: "0",
    RATE_LIMIT_ORDER_UNLOCKS_PER_MINUTE: "0",
  };
  await stack.restartBroker(environment);
  const participants = opened.use(openParticipants(stack));
  const { customer, customerObjectId, operator } = participants;
  const transport = opened.use(createTransport(caPem));
  const send = createJsonClient(transport.agent);
  const datacenter = opened.use(
    createAzureClients(description, caPem, stack.directory.client("Datacenter Operator")),
  );
  const tokenOf = async ({ credential }: AzureClients) =>
    (await credential.getToken(`${description.armUrl}/.default`)).token;

  const control: FaultWorld["control"] = async (method, path, body) =>
    must(
      await send(
        method,
        `${description.emulatorControlUrl}${path}`,
        body === undefined ? {} : { body },
      ),
      `${method} ${path}`,
    );
  await control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  const resources = opened.move();
  return {
    folder,
    stack,
    customer,
    customerObjectId,
    operator,
    hostile,
    send,
    control,
    identities: new ManagedServiceIdentityClient(customer.credential, description.subscriptionId, {
      endpoint: description.armUrl,
      additionalPolicies: [...transport.policies],
    }),
    async addFault(scope, effect, count) {
      const fault = await control("POST", "/faults", {
        scope,
        effect,
        ...(count === undefined ? {} : { count }),
      });
      return memberOf(fault, "id");
    },
    removeFault: async (id) => {
      await control("DELETE", `/faults/${id}`);
    },
    async clearFaults(vault) {
      const { value } = faultList.parse(await control("GET", "/faults"));
      for (const { id, scope } of value)
        if (vault === undefined || scope.vault === undefined || scope.vault === vault)
          await control("DELETE", `/faults/${id}`);
    },
    manage: async (method, path, body) =>
      must(
        await send(method, `${description.armUrl}${path}`, {
          token: await tokenOf(customer),
          ...(body === undefined ? {} : { body }),
        }),
        `${method} ${path}`,
      ),
    job: async (method, path, body, by = "resource-manager") => {
      const origin = by === "broker" ? description.brokerUrl : description.armUrl;
      const separator = path.includes("?") ? "&" : "?";
      return send(method, `${origin}${path}${separator}api-version=${JOB_API_VERSION}`, {
        token: await tokenOf(customer),
        ...(body === undefined ? {} : { body }),
      });
    },
    operatorView: async (orderId) =>
      must(
        await send("GET", `${description.brokerUrl}/operator/v1${orderId}`, {
          token: await tokenOf(datacenter),
        }),
        orderId,
      ),
    restartBroker: () => stack.restartBroker(environment),
    async [Symbol.asyncDispose]() {
      await resources.disposeAsync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function must({ status, body, text }: JsonAnswer, what: string): unknown {
  if (status >= 300) throw new Error(`${what} answered ${String(status)}: ${text}`);
  return body;
}

export function memberOf(value: unknown, name: string): string {
  const member: unknown =
    typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof member !== "string") throw new TypeError(`expected a text as ${name}`);
  return member;
}
