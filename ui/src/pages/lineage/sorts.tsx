// How each sort of thing looks: an icon, a word and a shape, so that colour is never alone.
import {
  Box,
  Code,
  Database,
  File,
  type LucideIcon,
  Package,
  Play,
  Rocket,
  StepForward,
  Users,
} from "lucide-react";
import type { About, Near, Sort } from "./view";

export const ICONS: Record<Sort, LucideIcon> = {
  data: Database,
  model: Box,
  run: Play,
  step: StepForward,
  deployment: Rocket,
  consumer: Users,
  file: File,
  code: Code,
  environment: Package,
  other: File,
};

export type Tone = "good" | "warn" | "bad" | "unknown";

export const SIGNS: Record<Tone, string> = { good: "✓", warn: "!", bad: "✕", unknown: "?" };
export const LETTERS: Record<About, string> = {
  quality: "Q",
  validation: "V",
  drift: "D",
  recall: "R",
  licence: "L",
};

/** The worst of what is found of a thing: what its edge is coloured by. */
export function worst(node: Near): Tone | undefined {
  const found = new Set((node.badges ?? []).map(({ status }) => status));
  return (["bad", "warn", "good", "unknown"] as const).find((tone) => found.has(tone));
}
