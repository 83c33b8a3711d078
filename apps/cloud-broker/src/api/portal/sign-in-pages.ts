import { hash } from "node:crypto";

import { type AppError, explain } from "@databox-cmk/errors";

import { type BrokerConfig, cloudOf } from "../../config/config.ts";
import type { Answer } from "../../http/route.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #242424; --paper: #ffffff; --soft: #616161; --accent: #0f548c; --on-accent: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f5; --paper: #1f1f1f; --soft: #b8b8b8; --accent: #62abf5; --on-accent: #061724; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 40rem; margin: 0 auto; padding: 3rem 1rem; }
h1 { font-size: 1.5rem; }
a, button { display: inline-block; padding: .5rem 1.25rem; border: 1px solid transparent; border-radius: .25rem; font: inherit; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; }
label { display: block; font-weight: 600; }
input { width: 100%; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .25rem; font: inherit; color: inherit; background: transparent; }
:is(a, button, input):focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
small { color: var(--soft); }
code { overflow-wrap: anywhere; }
`;
const STYLE_HASH = hash("sha256", STYLE, "base64");

/**
 * A browser that comes from Entra ID shows our answer: a page with the failure, the person who must
 * act, and the next step.
 */
export function renderSignInFailure(
  error: AppError,
  requestId: string,
  config: Pick<BrokerConfig, "AZURE_CLOUD">,
): Answer {
  const explained = explain(error.code, {
    facts: {
      federationAudience: cloudOf(config).tokenExchangeAudience,
      ...error.facts,
      correlationId: requestId,
    },
    reason: error.reason,
  });
  const steps = explained.steps.map(
    ({ text, command }) =>
      `<li>${escapeHtml(text)}${command === undefined ? "" : `<br><code>${escapeHtml(command)}</code>`}</li>`,
  );
  const isOfTenant = error.reason?.startsWith("tenant-") === true;
  const cause = error.detail === undefined ? "" : ` (${escapeHtml(error.detail)})`;
  const again = isOfTenant
    ? '<a href="/portal/auth/sign-in?tenant=">Choose another organization</a>'
    : '<a href="/portal/auth/sign-in">Sign in again</a>';
  const page = renderPage(
    explained.title,
    `<p>${escapeHtml(explained.message)}${cause}.</p>
<ol>${steps.join("")}</ol>
<p>${again}</p>
<p><small>${escapeHtml(error.code)}${error.reason === undefined ? "" : ` · ${escapeHtml(error.reason)}`} · ${escapeHtml(requestId)}</small></p>`,
  );
  return { ...page, status: explained.httpStatus, failure: error };
}

/** Asks people of several tenants for theirs. The form is of this page; Entra ID's page follows. */
export function renderTenantQuestion(returnTo: string): Answer {
  return renderPage(
    "Sign in",
    `<form action="/portal/auth/sign-in">
<input type="hidden" name="returnTo" value="${escapeHtml(returnTo)}">
<p><label for="tenant">Your organization</label>
<input id="tenant" name="tenant" required maxlength="320" autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="hint"></p>
<p id="hint"><small>Your work e-mail address, a domain of your organization, or its tenant ID. This browser remembers the organization.</small></p>
<p><button>Continue</button></p>
</form>`,
    // Browsers apply it to the redirects that follow: to Entra ID, and to an organization's own
    // sign-in behind it.
    "'self' https:",
  );
}

function renderPage(title: string, content: string, formAction = "'none'"): Answer {
  return {
    status: 200,
    headers: {
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action ${formAction}`,
    },
    body: {
      mediaType: "text/html; charset=utf-8",
      text: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} – Data Box</title><style>${STYLE}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${content}
</main></body>
</html>`,
    },
  };
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
}
