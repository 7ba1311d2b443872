// What links and things are called.
import type { Link, Near } from "./view";

const RELATIONS: Record<string, string> = {
  export: "saved",
  finetune: "fine-tuned",
  quantize: "quantised",
  copy: "copied",
  subset: "a part",
  merge: "merged",
  adapter: "adapter",
  distil: "distilled",
  prune: "pruned",
};

/** What one thing is to the other, where that is not plain: `train`, `saved`, `3 between`. */
export function linkWords({ roles = [], relation, between = 0 }: Link): string {
  if (between > 0) return `${between} between`;
  if (relation) return RELATIONS[relation] ?? relation;
  return roles.filter((role) => role !== "input").join(", ");
}

/** How people write which thing they mean; an address with it can be read. */
export function refOf(node: Near): string {
  const named = node.name && node.version !== null && node.version !== undefined;
  if (named && node.sort === "model") return `model:${node.name}:${node.version}`;
  if (named && node.sort === "data") return `data:${node.name}:${node.version}`;
  const run = ["run", "step", "deployment", "consumer"].includes(node.sort);
  return run ? `run:${node.id}` : node.id;
}

/** A sentence that begins as one. */
export const sentence = (words: string) =>
  words === "" ? "" : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
