import { expect, test } from "vitest";

import { versionReason } from "./version-reason.ts";

type KeyVersion = Parameters<typeof versionReason>[0];

const unused: KeyVersion = {
  kid: "https://v.vault.example/keys/unlock/1",
  safeToDisable: true,
  reason: "English",
  currentEnvelopes: 0,
  orders: 0,
  orderIds: [],
  ownPasskeys: 0,
  backupOrders: 0,
  liveLeases: 0,
  supersededEnvelopes: 0,
  staleDevices: 0,
  canary: false,
};

test.each<readonly [string, Partial<KeyVersion>, string]>([
  ["unused", {}, "Nichts hängt von ihr ab, und kein Gerät hat einen Umschlag von ihr."],
  [
    "still held by one device",
    { staleDevices: 1 },
    "Nichts hängt von ihr allein ab. 1 Gerät hat noch einen älteren Umschlag: Er lässt sich weiter öffnen, weil der Dienst denselben Inhaltsschlüssel mit seiner aktuellen Umhüllung auspackt, und wird beim nächsten Kontakt ersetzt.",
  ],
  [
    "in use by one node",
    { safeToDisable: false, currentEnvelopes: 1, orders: 1, liveLeases: 1 },
    "Nach dem Abschalten: Entsperrungen von 1 Knoten aus 1 Auftrag werden verweigert; 1 offener Knoten wird wieder gesperrt.",
  ],
  [
    "in use in every way",
    {
      safeToDisable: false,
      currentEnvelopes: 3,
      orders: 2,
      liveLeases: 2,
      backupOrders: 2,
      ownPasskeys: 1,
    },
    "Nach dem Abschalten: Entsperrungen von 3 Knoten aus 2 Aufträgen werden verweigert; 2 offene Knoten werden wieder gesperrt; 2 Aufträge verlieren ihren Ersatzschlüssel; 1 Auftrag mit eigenem Kennwort kann nicht vorbereitet werden.",
  ],
])("the reason for a version that is %s is German", (_name, use, reason) => {
  expect(versionReason({ ...unused, ...use })).toBe(reason);
});
