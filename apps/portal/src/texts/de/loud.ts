import type { loud as english } from "../en/loud.ts";

export const loud: typeof english = {
  covers: "Gilt für",
  wholeOrder: "Den ganzen Auftrag",
  oneNode: (serial) => `Nur Knoten ${serial}`,
  reason: "Grund",
  typeName: (name) => `Zur Bestätigung ${name} eingeben`,
};
