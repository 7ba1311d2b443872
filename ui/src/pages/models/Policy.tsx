import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { useMay } from "../../app/may";
import { Reason, Verdict } from "../../components/marks";
import { Answered, Section } from "../../components/Page";
import { Approve, Promote } from "./deeds";
import { Outcomes } from "./Outcomes";

interface PolicyProps {
  target: string;
  stage: string | null | undefined;
  overrides?: Schemas["Standing"][];
}

/** May a version enter a stage: what is met, what is missing, and what can be decided here. */
export function Policy({ target, overrides = [] }: PolicyProps) {
  const rules = useAsk("policy-show", {});
  return (
    <Answered query={rules}>
      {({ stages, source }) => (
        <Stack gap="md">
          {overrides.map((one) => (
            <Overridden key={one.seq} standing={one} />
          ))}
          <Checked target={target} stages={stages.slice(1, -1)} />
          <Text c="dimmed" fz="xs">
            {source
              ? `The rules are those of ${source}.`
              : "No rules are written: the defaults hold."}
          </Text>
        </Stack>
      )}
    </Answered>
  );
}

function Checked({ target, stages }: { target: string; stages: string[] }) {
  const [{ to }, change] = useView({ to: stages.at(-1) ?? "production" });
  const stage = String(to);
  const query = useAsk("policy-check", { target: { ref: target }, policy: stage });
  const decides = useMay("approve");
  return (
    <Section title={`May it enter ${stage}?`} note={query.data?.verdict}>
      <Group gap="xs" className="no-print">
        <SegmentedControl
          size="xs"
          aria-label="Stage"
          data={stages}
          value={stage}
          onChange={(value) => change({ to: value })}
        />
        {decides && <Decide target={target} stage={stage} check={query.data} />}
      </Group>
      <Answered query={query}>{({ outcomes }) => <Outcomes of={outcomes} />}</Answered>
    </Section>
  );
}

interface DecideProps {
  target: string;
  stage: string;
  check: Schemas["PolicyCheckResponse"] | undefined;
}

/** What can be decided about a version now; what is done already is not offered again. */
function Decide({ target, stage, check }: DecideProps) {
  const offered = check !== undefined && check.stage !== stage;
  return (
    <>
      <Approve target={target} policy={stage} decision="approved" offered={offered} />
      <Approve target={target} policy={stage} decision="rejected" offered={offered} />
      <Promote target={target} stage={stage} well={check?.well ?? false} offered={offered} />
      {check?.stage === stage && <Text fz="sm">It is in {stage} already.</Text>}
    </>
  );
}

function Overridden({ standing }: { standing: Schemas["Standing"] }) {
  const { policy, waives, by, why, until, active, signed } = standing;
  return (
    <Group gap="xs">
      <Verdict tone={active ? "warn" : "none"}>{active ? "override" : "override ran out"}</Verdict>
      <Text fz="sm">
        {waives.join(", ")} of {policy} until {until.slice(0, 10)}
        {!signed && " (its signature is not trusted here)"}
      </Text>
      <Reason who={by} why={why} />
    </Group>
  );
}
