// What links and things are called.
import type { Link } from "./view";

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
