/** The choice of people from the directory. */
export const people = {
  type: "Type the beginning of a name, or an object ID.",
  /** The list without a choice, by the state of the search. */
  found: {
    pending: "Searching …",
    failed: "The directory can't be read. Type an object ID.",
    chosen: "Everyone who was found is chosen already.",
    done: "No user of the directory has a name that begins so. You can type an object ID.",
  },
};
