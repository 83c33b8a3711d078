import { createHash } from "node:crypto";

import type { HttpAnswer } from "../http/message.ts";
import type { OAuthParameters } from "./form-parameters.ts";
import { PAGE_STYLE } from "./page-style.ts";

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
      // Browsers apply form-action to the redirect that follows a form, hence the client's origin.
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self' ${input.formOrigins.join(" ")}; frame-ancestors 'none'; base-uri 'none'`,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(input.title)} – Entra ID emulator</title><style>${PAGE_STYLE}</style></head>
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
