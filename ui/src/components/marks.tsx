import { ActionIcon, Badge, CopyButton, Group, Text, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { ago, moment } from "./said";

const GRADES: Record<string, string> = {
  verified: "teal",
  observed: "ink",
  declared: "yellow",
  inferred: "gray",
};

/** The grade of the evidence. */
export function Evidence({ grade }: { grade: string }) {
  return (
    <Badge size="sm" variant="light" color={GRADES[grade] ?? "gray"} tt="none">
      {grade}
    </Badge>
  );
}

export type Tone = "good" | "bad" | "warn" | "none";

const TONES: Record<Tone, string> = { good: "teal", bad: "red", warn: "orange", none: "gray" };

/** A verdict in a word or two; its colour only repeats what the word says. */
export function Verdict({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <Badge size="sm" variant="light" color={TONES[tone]} tt="none">
      {children}
    </Badge>
  );
}

/** A moment, said as people do; the exact one is told by its title. */
export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <span className="quiet">–</span>;
  return (
    <time dateTime={at} title={moment(at)} style={{ whiteSpace: "nowrap" }}>
      {ago(at)}
    </time>
  );
}

/** A digest, in short and to be copied whole. */
export function Digest({ of }: { of: string }) {
  const short = of.replace(/^[a-z0-9]+:/, "").slice(0, 12);
  return (
    <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
      <span className="mono" title={of}>
        {short}
      </span>
      <CopyButton value={of}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy"}>
            <ActionIcon
              size="xs"
              variant="subtle"
              color="gray"
              onClick={copy}
              aria-label={`Copy ${of}`}
            >
              {copied ? <Check size={11} /> : <Copy size={11} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}

interface ReasonProps {
  who?: string | null;
  at?: string | null;
  why?: string | null;
}

/** Who did it, when and why. */
export function Reason({ who, at, why }: ReasonProps) {
  return (
    <Text fz="sm" className="wrap" span>
      {why ? `“${why}” ` : <span className="quiet">no reason given </span>}
      <span className="quiet">
        {who}
        {who && at && ", "}
        {at && <Time at={at} />}
      </span>
    </Text>
  );
}
