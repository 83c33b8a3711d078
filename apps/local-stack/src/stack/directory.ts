import { randomBytes, randomUUID } from "node:crypto";

import type { SendJson } from "../azure/send-json.ts";
import type { StackClient } from "../core/stack-description.ts";

/** Callers of the stack, by role: app roles of their tokens decide what the broker lets them do. */
const APPLICATIONS = [
  { role: "Owner", roles: ["Owner"] },
  { role: "Contributor", roles: ["Contributor"] },
  { role: "Reader", roles: ["Reader"] },
  { role: "Data Box Contributor", roles: ["DataBoxContributor"] },
  { role: "Data Box Reader", roles: ["DataBoxReader"] },
  { role: "Data Box Operator", roles: ["DataBoxOperator"] },
  { role: "Datacenter Operator", roles: ["DataBox.Operator"] },
] as const;
export type StackRole = (typeof APPLICATIONS)[number]["role"];

const USERS = [
  {
    role: "Security administrator",
    userName: "ada@contoso.example",
    displayName: "Ada Lovelace",
    roles: ["Owner"],
  },
  {
    role: "Order reader",
    userName: "ren@contoso.example",
    displayName: "Ren Reader",
    roles: ["DataBoxReader"],
  },
  {
    role: "Approver",
    userName: "grace@contoso.example",
    displayName: "Grace Hopper",
    roles: ["DataBoxApprover"],
  },
  {
    role: "Datacenter operator",
    userName: "opal@databox.example",
    displayName: "Opal Operator",
    roles: ["DataBox.Operator"],
  },
] as const;
export type StackPerson = (typeof USERS)[number]["role"];

export type RegisteredClient = StackClient & { readonly objectId: string };

export type Directory = {
  readonly clients: readonly RegisteredClient[];
  readonly users: readonly {
    readonly role: StackPerson;
    readonly userName: string;
    readonly objectId: string;
    /** Programs sign in as this person by it; the sign-in page asks for none. */
    readonly password: string;
  }[];
  client(role: StackRole): RegisteredClient;
};

export type ControlApi = { put(path: string, body: object): Promise<unknown> };

/** The emulator's control API, for actions that no customer of Azure may do. */
export const createControlApi = (send: SendJson, controlUrl: string): ControlApi => ({
  put: (path, body) => send("PUT", `${controlUrl}${path}`, body),
});

/** Registers the stack's callers, each with a fresh secret. */
export async function registerCallers(control: ControlApi): Promise<Directory> {
  const clients = await Promise.all(
    APPLICATIONS.map(async ({ role, roles }) => {
      const clientId = randomUUID();
      const objectId = randomUUID();
      // Hexadecimal: a secret that begins with a hyphen is an option to the commands it is pasted
      // into.
      const clientSecret = randomBytes(24).toString("hex");
      await control.put(`/applications/${clientId}`, {
        displayName: role,
        objectId,
        secret: clientSecret,
        roles,
      });
      return { role, clientId, clientSecret, objectId };
    }),
  );
  const users = await Promise.all(
    USERS.map(async ({ role, userName, displayName, roles }) => {
      const objectId = randomUUID();
      const password = randomBytes(24).toString("hex");
      await control.put(`/users/${userName}`, { displayName, objectId, roles, password });
      return { role, userName, objectId, password };
    }),
  );
  return {
    clients,
    users,
    client: (role) => {
      const client = clients.find((candidate) => candidate.role === role);
      if (client === undefined) throw new RangeError(`no client has the role ${role}`);
      return client;
    },
  };
}

/**
 * Registers the portal as the operator of a broker does it once in Entra ID: a web application that
 * proves itself by the broker's own word (federated credential), so that there is no secret.
 *
 * @returns its client id
 */
export async function registerPortal(control: ControlApi, brokerUrl: string): Promise<string> {
  const clientId = randomUUID();
  await control.put(`/applications/${clientId}`, {
    displayName: "Data Box portal",
    redirectUris: [`${brokerUrl}/portal/auth/callback`],
    federatedCredentials: [
      {
        name: "portal",
        issuer: brokerUrl,
        subject: "portal",
        audiences: ["api://AzureADTokenExchange"],
      },
    ],
  });
  return clientId;
}
