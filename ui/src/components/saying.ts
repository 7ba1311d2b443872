// What a form says of a thing, and which operations say it: those of `forebear describe`, `own` …

import type { Asked, Schemas } from "../api/client";

/** What a form holds. */
export interface Said {
  description: string;
  owner: string;
  licence: string;
  tags: string[];
}

export type Field = keyof Said;

/** One operation that makes the store say what a field says. */
export type Wish =
  | { field: "description"; operation: "describe"; request: Asked<"describe"> }
  | { field: "owner"; operation: "own"; request: Asked<"own"> }
  | { field: "licence"; operation: "licence"; request: Asked<"licence"> }
  | { field: "tags"; operation: "tag"; request: Asked<"tag"> };

/** Return what is said of a thing itself, without what came down to it. */
export function ownOf(card: Schemas["Card"]): Said {
  return {
    description: card.description ?? "",
    owner: card.owners.find(({ role }) => role === "owner")?.who ?? "",
    licence: card.licences.find(({ way }) => !way)?.spdx ?? "",
    tags: card.tags.filter(({ way }) => !way).map(({ tag }) => tag),
  };
}

/** Return what has to be said for a thing to be as a form says; an empty field takes back. */
export function wishes(ref: string, before: Said, after: Said): Wish[] {
  const target = { ref };
  const found: Wish[] = [];
  const said = (field: "description" | "owner" | "licence") => after[field].trim() || null;
  const differs = (field: "description" | "owner" | "licence") =>
    said(field) !== (before[field].trim() || null);
  if (differs("description")) {
    const request = { target, text: said("description") };
    found.push({ field: "description", operation: "describe", request });
  }
  if (differs("owner")) {
    found.push({ field: "owner", operation: "own", request: { target, by: said("owner") } });
  }
  if (differs("licence")) {
    const request = { target, licence: said("licence") };
    found.push({ field: "licence", operation: "licence", request });
  }
  const lacking = (one: string[], other: string[]) => one.filter((tag) => !other.includes(tag));
  for (const [tags, remove] of [
    [lacking(before.tags, after.tags), true],
    [lacking(after.tags, before.tags), false],
  ] as const) {
    if (tags.length > 0) {
      found.push({ field: "tags", operation: "tag", request: { target, tags, remove } });
    }
  }
  return found;
}
