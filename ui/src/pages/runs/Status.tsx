import type { Schemas } from "../../api/client";
import { type Tone, Verdict } from "../../components/marks";

const TONES: Record<Schemas["RunEntry"]["status"], Tone> = {
  running: "none",
  finished: "good",
  failed: "bad",
  lost: "warn",
};

/** How a run ended, or that it goes on. */
export function Status({ of }: { of: Schemas["RunEntry"]["status"] }) {
  return <Verdict tone={TONES[of]}>{of}</Verdict>;
}
