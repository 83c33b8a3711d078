import { createHash } from "node:crypto";

import type { HttpAnswer } from "../http/message.ts";
import type { OAuthParameters } from "./form-parameters.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --line: #8a8a8a; --accent: #0b5cad; --on-accent: #ffffff; --error: #a4262c; }
@media (prefers-color-scheme: dark) { :root { --ink: #f2f2f2; --paper: #1e1e1e; --line: #8a8a8a; --accent: #79b8ff; --on-accent: #10202f; --error: #ff9a9f; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 28rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
ul { list-style: none; padding: 0; margin: 1rem 0; }
li { margin: 0 0 .5rem; }
button, input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem; text-align: left; }
button { cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); text-align: center; margin-top: .75rem; }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 1rem 0 .25rem; }
small { display: block; }
.error { color: var(--error); border-left: 4px solid currentColor; padding-left: .75rem; }
code { overflow-wrap: anywhere; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export type SampleUser = {
  readonly userName: string;
  readonly displayName: string;
  readonly roles: readonly string[];
};

/** The sign-in page: one button per local user, and a field for a name. It works without scripts and asks for no password. */
export function renderSignInPage(input: {
  parameters: OAuthParameters;
  applicationName: string;
  users: readonly SampleUser[];
  redirectOrigin: string;
  problem?: string;
}): HttpAnswer {
  const { parameters, problem } = input;
  const hidden = hiddenFields(parameters);
  const users = input.users
    .map(
      (user) =>
        `<li><button type="submit" name="username" value="${escapeHtml(user.userName)}">${escapeHtml(user.displayName)}<small>${escapeHtml(user.userName)}${user.roles.length > 0 ? ` · ${escapeHtml(user.roles.join(", "))}` : ""}</small></button></li>`,
    )
    .join("");
  return renderPage({
    title: "Sign in",
    formOrigins: [input.redirectOrigin],
    status: problem === undefined ? 200 : 400,
    content: `<h1>Sign in</h1>
<p>to ${escapeHtml(input.applicationName)}. This is a local emulator of Microsoft Entra ID: choose who you are, no password is needed.</p>
${problem === undefined ? "" : `<p class="error" role="alert">${escapeHtml(problem)}</p>`}
<form method="post">${hidden}${users === "" ? "" : `<ul aria-label="Local users">${users}</ul>`}</form>
<form method="post">${hidden}
<label for="username">Or a user name</label>
<input id="username" name="username" type="text" required autocomplete="username" autocapitalize="none" spellcheck="false" value="${escapeHtml(parameters.login_hint ?? "")}">
<button class="primary" type="submit">Sign in</button>
</form>`,
  });
}

/** `response_mode=form_post`: without scripts the person presses the button that posts the answer. */
export function renderFormPostPage(
  redirectUri: string,
  fields: ReadonlyMap<string, string>,
): HttpAnswer {
  const inputs = [...fields]
    .map(
      ([name, value]) =>
        `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    )
    .join("");
  return renderPage({
    title: "Signed in",
    formOrigins: [new URL(redirectUri).origin],
    status: 200,
    content: `<h1>You are signed in</h1>
<form method="post" action="${escapeHtml(redirectUri)}">${inputs}<button class="primary" type="submit">Continue</button></form>`,
  });
}

export function renderMessagePage(
  title: string,
  message: string,
  status: number,
  detail?: string,
): HttpAnswer {
  return renderPage({
    title,
    formOrigins: [],
    status,
    content: `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p>${detail === undefined ? "" : `<p><code>${escapeHtml(detail)}</code></p>`}`,
  });
}

function renderPage(input: {
  title: string;
  content: string;
  status: number;
  formOrigins: readonly string[];
}): HttpAnswer {
  return {
    status: input.status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      // Browsers apply form-action to the redirect that follows a form, hence the client's origin.
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self' ${input.formOrigins.join(" ")}; frame-ancestors 'none'; base-uri 'none'`,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(input.title)} – Entra ID emulator</title><style>${STYLE}</style></head>
<body><main>${input.content}</main></body>
</html>`,
  };
}

function hiddenFields(parameters: OAuthParameters): string {
  return Object.entries(parameters)
    .filter(([name]) => name !== "username")
    .map(
      ([name, value]) =>
        `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value ?? "")}">`,
    )
    .join("");
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
}
