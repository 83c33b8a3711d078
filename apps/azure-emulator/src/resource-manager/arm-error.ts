import type { HttpAnswer } from "../http/message.ts";

/**
 * A refusal of Resource Manager or of a provider behind it; rendered once, at the router's edge.
 */
export class ArmError extends Error {
  override readonly name = "ArmError";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function renderArmError(error: ArmError): HttpAnswer {
  return {
    status: error.status,
    headers: error.headers,
    body: { error: { code: error.code, message: error.message } },
  };
}

/** Resource Manager itself answers, not the provider. */
const BY_GATEWAY = { "x-ms-failure-cause": "gateway" };

export function resourceNotFound(type: string, name: string, resourceGroup: string): ArmError {
  return new ArmError(
    404,
    "ResourceNotFound",
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    BY_GATEWAY,
  );
}

export function resourceGroupNotFound(name: string): ArmError {
  return new ArmError(
    404,
    "ResourceGroupNotFound",
    `Resource group '${name}' could not be found.`,
    BY_GATEWAY,
  );
}

export function subscriptionNotFound(id: string): ArmError {
  return new ArmError(
    404,
    "SubscriptionNotFound",
    `The subscription '${id}' could not be found.`,
    BY_GATEWAY,
  );
}

export function invalidResourceNamespace(namespace: string): ArmError {
  return new ArmError(
    404,
    "InvalidResourceNamespace",
    `The resource namespace '${namespace}' is invalid.`,
    BY_GATEWAY,
  );
}

export function invalidResourceType(type: string, namespace: string, apiVersion: string): ArmError {
  return new ArmError(
    404,
    "InvalidResourceType",
    `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'. The supported api-versions are listed by GET /subscriptions/{subscriptionId}/providers/${namespace}.`,
    BY_GATEWAY,
  );
}

export function badRequest(message: string): ArmError {
  return new ArmError(400, "BadRequest", message);
}
