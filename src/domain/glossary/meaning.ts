/** What a word means that the product shows, and what there is to do about it: a sentence or two each. */
export type Meaning = { says: string; whatToDo: string };
