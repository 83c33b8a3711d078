import type { search as english } from "../en/search.ts";

export const search: typeof english = {
  title: "Suche",
  button: "Suchen (Strg+K)",
  placeholder: "Seiten, Aufträge, Seriennummern und Fehlercodes",
  kinds: { pages: "Seiten", orders: "Aufträge", codes: "Fehlercodes" },
  found: (count) => (count === 1 ? "1 Ergebnis" : `${count} Ergebnisse`),
};
