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
export const gatewayError = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ArmError => new ArmError(status, code, message, { "x-ms-failure-cause": "gateway", ...headers });

export const resourceNotFound = (type: string, name: string, resourceGroup: string): ArmError =>
  gatewayError(
    404,
    "ResourceNotFound",
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

export const resourceGroupNotFound = (name: string): ArmError =>
  gatewayError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);

export const subscriptionNotFound = (id: string): ArmError =>
  gatewayError(404, "SubscriptionNotFound", `The subscription '${id}' could not be found.`);

export const invalidResourceNamespace = (name: string): ArmError =>
  gatewayError(404, "InvalidResourceNamespace", `The resource namespace '${name}' is invalid.`);

export const invalidResourceType = (type: string, namespace: string, apiVersion: string) =>
  gatewayError(
    404,
    "InvalidResourceType",
    `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'. The supported api-versions are listed by GET /subscriptions/{subscriptionId}/providers/${namespace}.`,
  );

export const methodNotAllowed = (method: string, place: string): ArmError =>
  new ArmError(
    405,
    "MethodNotAllowed",
    `The HTTP method '${method}' is not supported at ${place}.`,
  );

export const badRequest = (message: string): ArmError => new ArmError(400, "BadRequest", message);
