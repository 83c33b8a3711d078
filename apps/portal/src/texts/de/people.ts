import type { people as english } from "../en/people.ts";

export const people: typeof english = {
  type: "Geben Sie den Anfang eines Namens ein oder eine Objekt-ID.",
  found: {
    pending: "Suche läuft …",
    failed: "Das Verzeichnis lässt sich nicht lesen. Geben Sie eine Objekt-ID ein.",
    chosen: "Alle Gefundenen sind bereits ausgewählt.",
    done: "Kein Benutzer des Verzeichnisses hat einen Namen, der so beginnt. Sie können eine Objekt-ID eingeben.",
  },
};
