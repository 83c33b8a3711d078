import { createHash } from "node:crypto";

import type { HttpAnswer } from "../http/message.ts";
import type { OAuthParameters } from "./form-parameters.ts";

/**
 * Style of all pages of the authority: light, dark and forced colours, 320 px and up, visible
 * focus, no motion.
 */
const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #242424; --soft: #616161; --paper: #ffffff; --back: #f0f2f5; --line: #767676; --hover: #eef4fb; --accent: #0f548c; --on-accent: #ffffff; --error: #a4262c; --shade: rgb(0 0 0 / 14%); }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f5; --soft: #b8b8b8; --paper: #292929; --back: #141414; --line: #8f8f8f; --hover: #333f4d; --accent: #7ab8f5; --on-accent: #061724; --error: #ff9a9f; --shade: rgb(0 0 0 / 60%); } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; color: var(--ink); background: var(--back); }
main { width: 100%; max-width: 28rem; padding: 2rem clamp(1rem, 6vw, 2.5rem); background: var(--paper); border-radius: .5rem; box-shadow: 0 4px 16px var(--shade); }
.brand { display: flex; align-items: center; gap: .5rem; margin: 0 0 1rem; font-weight: 600; color: var(--soft); }
.brand::before { content: ""; width: 1.25rem; height: 1.25rem; border-radius: 50% 0 50% 50%; background: var(--accent); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
ul { list-style: none; padding: 0; margin: 1rem 0; }
li { margin: 0 0 .5rem; }
button, input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem; text-align: left; }
button { cursor: pointer; }
button:hover { background: var(--hover); }
button.user { display: flex; align-items: center; gap: .75rem; }
button.user .initials { flex: none; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center; font-weight: 600; background: var(--accent); color: var(--on-accent); }
button.user .who { min-width: 0; overflow-wrap: anywhere; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); text-align: center; margin-top: .75rem; font-weight: 600; }
button.quiet { border-color: transparent; color: var(--accent); text-align: center; margin-top: .5rem; text-decoration: underline; }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
small { display: block; color: var(--soft); }
.error { color: var(--error); border-left: 4px solid currentColor; padding-left: .75rem; }
code { overflow-wrap: anywhere; }
@media (forced-colors: active) { main, .initials { border: 1px solid; } }
`;
const STYLE_HASH = createHash("sha256").update(PAGE_STYLE).digest("base64");

export type SampleUser = {
  readonly userName: string;
  readonly displayName: string;
  readonly roles: readonly string[];
};

/**
 * The sign-in page: one button per local user, and a field for a name. It works without scripts and
 * asks for no password.
 */
export function renderSignInPage(input: {
  parameters: OAuthParameters;
  applicationName: string;
  users: readonly SampleUser[];
  redirectOrigin: string;
  /** The tenant whose first sign-in to an application of another one this is. */
  consentsFor: string | undefined;
  problem?: string | undefined;
}): HttpAnswer {
  const { parameters, problem } = input;
  const hidden = hiddenFields(parameters);
  const users = input.users.map(renderUser).join("");
  return renderPage({
    title: "Sign in",
    formOrigins: [input.redirectOrigin],
    status: problem === undefined ? 200 : 400,
    content: `<h1>Sign in</h1>
<p>to ${escapeHtml(input.applicationName)}. This is a local emulator of Microsoft Entra ID: choose who you are, no password is needed.</p>
${input.consentsFor === undefined ? "" : `<p>By signing in, you consent for ${escapeHtml(input.consentsFor)} to this application of another tenant.</p>`}
${problem === undefined ? "" : `<p class="error" role="alert">${escapeHtml(problem)}</p>`}
<form method="post">${hidden}${users === "" ? "" : `<ul aria-label="Local users">${users}</ul>`}</form>
<form method="post">${hidden}
<label for="username">Or a user name</label>
<input id="username" name="username" type="text" required autocomplete="username" autocapitalize="none" spellcheck="false" value="${escapeHtml(parameters.login_hint ?? "")}">
<button class="primary" type="submit">Sign in</button>
</form>
<form method="post">${hidden}<button class="quiet" type="submit" name="cancel" value="true">Cancel</button></form>`,
  });
}

function renderUser({ userName, displayName, roles }: SampleUser): string {
  const details = [userName, ...(roles.length > 0 ? [roles.join(", ")] : [])].join(" · ");
  return `<li><button class="user" type="submit" name="username" value="${escapeHtml(userName)}"><span class="initials" aria-hidden="true">${escapeHtml(initialsOf(displayName))}</span><span class="who">${escapeHtml(displayName)}<small>${escapeHtml(details)}</small></span></button></li>`;
}

function initialsOf(displayName: string): string {
  const words = displayName.split(/\s+/u).filter((word) => word !== "");
  return words
    .slice(0, 2)
    .map((word) => (/^./u.exec(word)?.[0] ?? "").toUpperCase())
    .join("");
}

/**
 * `response_mode=form_post`: without scripts the person presses the button that posts the answer.
 */
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
      // `img-src data:` is for the empty icon: Firefox otherwise asks for one, and reports it.
      // Browsers apply form-action to the redirect that follows a form, hence the client's origin.
      "content-security-policy": `default-src 'none'; img-src data:; style-src 'sha256-${STYLE_HASH}'; form-action 'self' ${input.formOrigins.join(" ")}; frame-ancestors 'none'; base-uri 'none'`,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${escapeHtml(input.title)} – Entra ID emulator</title><style>${PAGE_STYLE}</style></head>
<body><main><p class="brand">Entra ID emulator</p>${input.content}</main></body>
</html>`,
  };
}

function hiddenFields(parameters: OAuthParameters): string {
  return Object.entries(parameters)
    .filter(([name]) => name !== "username" && name !== "cancel")
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
