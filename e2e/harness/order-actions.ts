import {
  createAzureClients,
  createTransport,
  type Stack,
  type StackPerson,
  type StackRole,
  type StoryOrder,
} from "@databox-cmk/local-stack";
import { approvalList, type ApprovalView } from "@databox-cmk/protocol";

import { createJsonClient, type JsonAnswer } from "../fault-matrix/world/json-client.ts";
import type { World } from "./open-world.ts";
import { signInAs } from "./sign-in.ts";

export type ActivityRow = {
  readonly action: string;
  readonly serial?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Rows of the node's journal that this row delivers. */
  readonly claims?: readonly { readonly event: string; readonly facts?: object }[];
};

type Method = "GET" | "PUT" | "POST";

/**
 * A call of our extensions below an order's own path, by the order's owner.
 *
 * @throws {Error} with the whole answer
 */
export function callOrder(
  world: World,
  order: StoryOrder,
  method: Method,
  path: string,
  body?: object,
): Promise<JsonAnswer> {
  return callOrderAs("Owner", world, order, method, path, body);
}

/** Like {@link callOrder}, by another application, or by a person. */
export async function callOrderAs(
  role: StackRole | StackPerson,
  { stack }: World,
  { id }: StoryOrder,
  method: Method,
  path: string,
  body?: object,
): Promise<JsonAnswer> {
  const { description, caPem } = stack;
  const { armUrl } = description;
  using transport = createTransport(caPem);
  const token = isPerson(role) ? await signInAs(stack, role) : await tokenOf(stack, role);
  const answer = await createJsonClient(transport.agent)(
    method,
    `${armUrl}${id}/${path}?api-version=2025-07-01`,
    { token, ...(body === undefined ? {} : { body }) },
  );
  if (answer.status !== 200) throw new Error(`${path}: ${String(answer.status)} ${answer.text}`);
  return answer;
}

const PEOPLE: readonly string[] = ["Security administrator", "Approver"] satisfies StackPerson[];
const isPerson = (role: StackRole | StackPerson): role is StackPerson => PEOPLE.includes(role);

async function tokenOf({ description, caPem, directory }: Stack, role: StackRole): Promise<string> {
  using clients = createAzureClients(description, caPem, directory.client(role));
  return (await clients.credential.getToken(`${description.armUrl}/.default`)).token;
}

/** Another person approves what waits for an approval: a change of the order by default. */
export async function approveWaiting(
  world: World,
  order: StoryOrder,
  waiting: ApprovalView["way"] = "change",
): Promise<void> {
  const { body } = await callOrder(world, order, "GET", "approvals");
  const found = approvalList
    .parse(body)
    .value.find(({ way, state }) => way === waiting && state === "waiting");
  const path = `approvals/${found?.id ?? "none"}/approve`;
  await callOrderAs("Approver", world, order, "POST", path, { reason: "seen and agreed" });
}

/** Rows of the order's audit trail, oldest first. */
export async function readActivity(world: World, order: StoryOrder): Promise<ActivityRow[]> {
  const { text } = await callOrder(world, order, "GET", "activity");
  const page: { readonly value: readonly { readonly row: ActivityRow }[] } = JSON.parse(text);
  return page.value.map(({ row }) => row);
}
