// @module-tag one-engine

import { afterAll, beforeAll, expect, test } from "vitest";

import { GROUP, jobPath, minimalJob, OLDER_API as API, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

/*
 * The commands of `az databox job`, one after the other, with the shapes of Azure's own answers:
 * which status, which headers, and exactly which members. No recording is copied here.
 */
const NAME = "replayed";
const JOB = `${jobPath(NAME)}?${API}`;
const JOBS = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.DataBox/jobs?${API}`;
const RESOURCE = [
  "id",
  "identity",
  "location",
  "name",
  "properties",
  "sku",
  "systemData",
  "tags",
  "type",
];
const FLAGS = [
  "deliveryInfo",
  "deliveryType",
  "isCancellable",
  "isCancellableWithoutFee",
  "isDeletable",
  "isPrepareToShipEnabled",
  "isShippingAddressEditable",
  "reverseShippingDetailsUpdate",
  "reverseTransportPreferenceUpdate",
  "startTime",
  "status",
  "transferType",
];
/** In every read of this version: the inputs and the key. */
const PARTIAL = [
  "contactDetails",
  "dataExportDetails",
  "dataImportDetails",
  "jobDetailsType",
  "keyEncryptionKey",
  "preferences",
  "reverseShippingDetails",
  "shippingAddress",
];

type Step = {
  readonly command: string;
  readonly method: string;
  /** Absent: the Location of the answer before. */
  readonly path?: string | undefined;
  readonly body?: unknown;
  readonly status: number;
  /** Names of the body's members in alphabetical order; absent: the answer has no body. */
  readonly members?: readonly string[];
  readonly properties?: readonly string[];
  readonly details?: readonly string[];
  readonly contains?: object;
  readonly location?: RegExp;
};

const poll = (command: string, location: RegExp): Step => ({
  command,
  method: "GET",
  status: 202,
  location,
});
const OPERATION =
  /\/providers\/Microsoft\.DataBox\/locations\/westus\/operationResults\/[0-9a-f-]{36}\?/u;
const OWN = new RegExp(`/jobs/${NAME}\\?`, "u");
const DELETION = /\/operationResults\/[0-9a-f-]{36}-deleteorder\?/u;
const read = (command: string, more: Partial<Step> = {}): Step => ({
  command,
  method: "GET",
  path: JOB,
  status: 200,
  members: RESOURCE,
  properties: [...FLAGS, "details"],
  details: PARTIAL,
  ...more,
});

const STEPS: readonly Step[] = [
  {
    command: "create",
    method: "PUT",
    path: JOB,
    body: minimalJob(),
    status: 202,
    location: OPERATION,
  },
  poll("create, first poll", OWN),
  read("create, second poll", { path: undefined }),
  read("show", { contains: { name: NAME, properties: { status: "DeviceOrdered" } } }),
  {
    command: "list",
    method: "GET",
    path: JOBS,
    status: 200,
    members: ["value"],
    contains: { value: [{ name: NAME, type: "Microsoft.DataBox/jobs" }] },
  },
  {
    command: "list-credentials before the device is prepared",
    method: "POST",
    path: `${jobPath(NAME)}/listCredentials?${API}`,
    status: 400,
    members: ["error"],
    contains: { error: { code: "SsemUserErrorSecretsNotGenerated" } },
  },
  {
    command: "update",
    method: "PATCH",
    path: JOB,
    body: { tags: { of: "az" } },
    status: 202,
    location: OPERATION,
  },
  poll("update, first poll", OWN),
  read("update, second poll", {
    path: undefined,
    contains: { tags: { of: "az" } },
  }),
  {
    command: "cancel",
    method: "POST",
    path: `${jobPath(NAME)}/cancel?${API}`,
    body: { reason: "no longer needed" },
    status: 204,
  },
  read("show of a cancelled order", {
    properties: [...FLAGS, "cancellationReason", "details"],
    contains: {
      properties: { status: "Cancelled", isCancellable: false, isDeletable: true },
    },
  }),
  { command: "delete", method: "DELETE", path: JOB, status: 202, location: DELETION },
  poll("delete, first poll", DELETION),
  { command: "delete, last poll", method: "GET", status: 204 },
  {
    command: "show of the deleted order",
    method: "GET",
    path: JOB,
    status: 404,
    members: ["error"],
    contains: { error: { code: expect.stringMatching(/NotFound$/u) } },
  },
];

let world: BrokerWorld;
let location = "";
beforeAll(async () => {
  world = await openBroker({ settings: { LRO_RETRY_AFTER_SECONDS: "10" } });
});
afterAll(() => world[Symbol.asyncDispose]());

const namesOf = (value: unknown) =>
  typeof value === "object" && value !== null ? Object.keys(value).toSorted() : undefined;

test.for(STEPS)("az databox job: $command", async (step) => {
  const { method, path = location, body, status, members, properties, details } = step;
  const answer = await world.call(method, path, body === undefined ? {} : { body });
  const { json, headers, text } = answer;
  const seen = {
    status: answer.status,
    members: text === "" ? undefined : namesOf(json),
    properties: properties && namesOf(json.properties),
    details: details && namesOf(json.properties.details),
    retryAfter: headers["retry-after"],
    // Pollers would follow it instead of Location.
    asyncOperation: headers["azure-asyncoperation"],
  };
  expect(seen).toEqual({
    status,
    members: members?.toSorted(),
    properties: properties?.toSorted(),
    details,
    retryAfter: step.location && "10",
    asyncOperation: undefined,
  });
  expect(json ?? {}).toMatchObject(step.contains ?? {});
  expect(String(headers["location"])).toMatch(step.location ?? /^undefined$/u);
  location = String(headers["location"]).slice(world.url().length);
});
