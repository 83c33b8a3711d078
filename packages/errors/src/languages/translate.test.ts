import { expect, test } from "vitest";

import { createTranslator } from "./translate.ts";

const translate = createTranslator({
  "The key is disabled": "Der Schlüssel ist deaktiviert",
  "The message cannot be read": "Die Nachricht ist nicht lesbar",
  "No identifier: https and a name": "Kein Bezeichner: https und ein Name",
  "Try again in a few minutes.": "Versuchen Sie es in einigen Minuten erneut.",
  "Enable key {keyName} in vault {vaultName}": "Aktivieren Sie im Tresor {vaultName} {keyName}",
  "Wait {seconds} s": "Warten Sie {seconds} s",
  "Wait {seconds} s, then read": "Warten Sie {seconds} s, dann lesen Sie",
  "Tell them[ id {id}].": "Sagen Sie es[ mit der ID {id}].",
  "Give {a} (not {b}) and {a}?": "{b} nicht, {a} geben?",
});

test.each([
  ["a text without facts", "The key is disabled", "Der Schlüssel ist deaktiviert"],
  ["a text with a full stop after it", "The key is disabled.", "Der Schlüssel ist deaktiviert."],
  ["facts in another order", "Enable key k1 in vault kv", "Aktivieren Sie im Tresor kv k1"],
  ["facts with characters of a pattern", "Give $& (not .*) and $&?", ".* nicht, $& geben?"],
  [
    "a fact that was unknown",
    "Enable key <keyName> in vault kv",
    "Aktivieren Sie im Tresor kv <keyName>",
  ],
  ["the longer of two templates", "Wait 3 s, then read", "Warten Sie 3 s, dann lesen Sie"],
  ["an optional part", "Tell them id 7.", "Sagen Sie es mit der ID 7."],
  ["an optional part left out", "Tell them.", "Sagen Sie es."],
  ["a template that is not filled", "Wait {seconds} s", "Warten Sie {seconds} s"],
])("%s is translated", (_name, english, german) => {
  expect(translate(english)).toEqual([{ text: german }]);
});

test.each([
  ["after a colon", "The message cannot be read: counter: not above.", ": ", "counter: not above."],
  ["in brackets", "The message cannot be read (HTTP 502 (proxy))", " ", "(HTTP 502 (proxy))"],
])("a detail %s stays English and says so", (_name, english, between, detail) => {
  expect(translate(english)).toEqual([
    { text: `Die Nachricht ist nicht lesbar${between}` },
    { text: detail, lang: "en" },
  ]);
});

test("a message with a colon of its own keeps its detail", () => {
  expect(translate("No identifier: https and a name: port 80.")).toEqual([
    { text: "Kein Bezeichner: https und ein Name: " },
    { text: "port 80.", lang: "en" },
  ]);
});

test("problem and action on two lines are translated each", () => {
  expect(translate("The key is disabled.\r\nTry again in a few minutes.")).toEqual([
    { text: "Der Schlüssel ist deaktiviert." },
    { text: "\r\n" },
    { text: "Versuchen Sie es in einigen Minuten erneut." },
  ]);
});

test.each([
  ["a text that is not ours", "Operation returned an invalid status"],
  ["a fact longer than any", `Wait ${"9".repeat(300)} s`],
  ["a text that only begins as one of ours", "The key is disabled by policy"],
  ["a text longer than any", "x: ".repeat(2_000)],
])("%s stays English and says so", (_name, text) => {
  expect(translate(text)).toEqual([{ text, lang: "en" }]);
});
