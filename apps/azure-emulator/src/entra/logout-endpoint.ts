import type { Tenant } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import { parseParameters } from "./form-parameters.ts";
import { renderMessagePage } from "./sign-in-page.ts";

/**
 * OpenID Connect RP-initiated logout. There is no session to end, since the sign-in page asks each
 * time; the browser is sent on only to the origin of a registered redirect URI: anything else would
 * be an open redirect.
 */
export function answerLogoutRequest(
  request: HttpRequest,
  tenant: Tenant,
  deps: Pick<EmulatorDependencies, "state">,
): HttpAnswer {
  const { post_logout_redirect_uri: target, state } = parseParameters(request.query);
  if (target === undefined || !URL.canParse(target))
    return renderMessagePage("Signed out", "You are signed out. You can close this page.", 200);
  const location = new URL(target);
  const isRegistered = deps.state
    .list("application")
    .filter((application) => application.tenantId === tenant.id)
    .flatMap((application) => application.redirectUris)
    .some((uri) => URL.canParse(uri) && new URL(uri).origin === location.origin);
  if (!isRegistered)
    return renderMessagePage(
      "Signed out",
      "You are signed out. The application asked to go to an address that no application has registered.",
      200,
      location.origin,
    );
  if (state !== undefined) location.searchParams.set("state", state);
  return { status: 302, headers: { location: location.href, "cache-control": "no-store" } };
}
