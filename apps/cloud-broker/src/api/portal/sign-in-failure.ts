import { AppError } from "@databox-cmk/errors";
import * as client from "openid-client";

/**
 * AADSTS700016, a missing or wrong federated credential, …: the fault of the portal's registration,
 * not of the person.
 */
const CLIENT_AT_FAULT = new Set(["invalid_client", "unauthorized_client"]);
const ERROR_NAME = /^[a-z_]{1,64}$/;
const AADSTS = /AADSTS\d{3,8}/;

/**
 * openid-client's codes for a wrong answer that it could read; its other codes mean that there was
 * no answer.
 */
const WRONG_ANSWER = /^OAUTH_(?:INVALID_RESPONSE|JWT_|JSON_ATTRIBUTE_|KEY_SELECTION_|UNSUPPORTED_)/;

/**
 * Names the failure between the person, Entra ID and the broker. Entra's text never reaches the
 * page, its code does.
 */
export function translateSignInFailure(error: unknown): unknown {
  if (error instanceof AppError || error instanceof TypeError) return error;
  if (error instanceof client.AuthorizationResponseError)
    return failed("provider-refused", error, error.error, error.error_description);
  if (error instanceof client.ResponseBodyError) {
    if (error.status >= 500 || error.status === 429 || error.error === "temporarily_unavailable")
      return unreachable(error);
    const reason = CLIENT_AT_FAULT.has(error.error) ? "client-refused" : "answer-invalid";
    return failed(reason, error, error.error, error.error_description);
  }
  if (error instanceof client.ClientError && WRONG_ANSWER.test(error.code ?? ""))
    return failed("answer-invalid", error);
  return unreachable(error);
}

function failed(reason: string, cause: unknown, name = "", description = ""): AppError {
  const parts = [ERROR_NAME.test(name) ? name : "", AADSTS.exec(description)?.[0] ?? ""];
  const detail = parts.filter((part) => part !== "").join(", ");
  return new AppError("SignInFailed", {
    reason,
    cause,
    detail: detail === "" ? undefined : detail,
  });
}

function unreachable(cause: unknown): AppError {
  return new AppError("IdentityProviderUnreachable", { reason: "entra", cause });
}
