export const search = {
  title: "Search",
  button: "Search (Ctrl+K)",
  placeholder: "Pages, orders, serial numbers and error codes",
  kinds: { pages: "Pages", orders: "Orders", codes: "Error codes" },
  found: (count: number) => (count === 1 ? "1 result" : `${count} results`),
};
