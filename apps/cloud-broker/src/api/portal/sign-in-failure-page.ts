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
a { display: inline-block; padding: .5rem 1.25rem; border-radius: .25rem; background: var(--accent); color: var(--on-accent); text-decoration: none; }
a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
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
  const cause = error.detail === undefined ? "" : ` (${escapeHtml(error.detail)})`;
  return {
    status: explained.httpStatus,
    failure: error,
    headers: {
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    },
    body: {
      mediaType: "text/html; charset=utf-8",
      text: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(explained.title)} – Data Box</title><style>${STYLE}</style></head>
<body><main>
<h1>${escapeHtml(explained.title)}</h1>
<p>${escapeHtml(explained.message)}${cause}.</p>
<ol>${steps.join("")}</ol>
<p><a href="/portal/auth/sign-in">Sign in again</a></p>
<p><small>${escapeHtml(error.code)}${error.reason === undefined ? "" : ` · ${escapeHtml(error.reason)}`} · ${escapeHtml(requestId)}</small></p>
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
