import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { type Tone, Verdict } from "../../components/marks";

interface AliasProps {
  name: string;
  alias: string;
  version?: number;
  overridden?: boolean;
}

/** An alias, and where it points when that is not said beside it. */
export function Alias({ name, alias, version, overridden }: AliasProps) {
  const words = version === undefined ? `@${alias}` : `${alias} → ${version}`;
  const badge = { size: "sm", variant: "light", tt: "none", color: overridden ? "orange" : "ink" };
  const said = overridden ? `${words} (override)` : words;
  if (version === undefined) return <Badge {...badge}>{said}</Badge>;
  return (
    <Badge {...badge} component={Link} to={to.version(name, version)} style={{ cursor: "pointer" }}>
      {said}
    </Badge>
  );
}

/** The stage that a version is in. */
export function Stage({ stage }: { stage: string | null | undefined }) {
  if (!stage) return null;
  const last = stage === "production";
  return <Verdict tone={last ? "good" : "none"}>{stage}</Verdict>;
}

const STATES: Record<Schemas["Outcome"]["state"], [Tone, string]> = {
  passed: ["good", "met"],
  failed: ["bad", "not met"],
  unknown: ["warn", "not known"],
  waived: ["warn", "overridden"],
  "not applicable": ["none", "not asked"],
};

/** How a requirement came out. */
export function State({ state }: { state: Schemas["Outcome"]["state"] }) {
  const [tone, word] = STATES[state];
  return <Verdict tone={tone}>{word}</Verdict>;
}

/** Whether a validation passed. */
export function Passed({ passed }: { passed: boolean | null | undefined }) {
  if (passed === null || passed === undefined) return <span className="quiet">–</span>;
  return <Verdict tone={passed ? "good" : "bad"}>{passed ? "passed" : "failed"}</Verdict>;
}
