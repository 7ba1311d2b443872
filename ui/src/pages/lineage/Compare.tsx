import { Button, Group, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { useAsk } from "../../api/client";
import { Answered, Loading, Page, Section, Trouble } from "../../components/Page";
import { Table } from "../../components/Table";
import { compared, pruned, type Standing } from "./graph";
import { Legend } from "./Legend";
import { GraphMap } from "./Map";
import { useSteady } from "./use";
import { type Act, type Answer, asked, type View } from "./view";

const NONE = { open: new Map<string, never>() };

/** Two ancestries side by side: what they share, and where they first part. */
export function Compare({ view, act }: { view: View; act: (act: Act) => void }) {
  const left = useSteady("neighbourhood", asked(view));
  const right = useSteady("neighbourhood", asked(view, view.with));
  const diff = useAsk("diff", {
    left: { ref: view.target },
    right: { ref: view.with },
    as_of: view.asof || null,
  });
  const standing = useMemo(
    () => (left.data && right.data ? compared(left.data, right.data) : new Map<string, Standing>()),
    [left.data, right.data],
  );
  const problem = left.error ?? right.error;
  return (
    <Page
      title={`${left.data?.title ?? view.target} and ${right.data?.title ?? view.with}`}
      verdict={diff.data?.verdict}
      crumbs={[{ label: "Lineage", to: "/lineage" }]}
      actions={
        <Button variant="default" onClick={() => act({ do: "go", target: view.target })}>
          Only {left.data?.title ?? view.target}
        </Button>
      }
    >
      <Stack gap={8} className="lineage">
        {problem && <Trouble problem={problem} />}
        {!(left.data && right.data) && !problem && <Loading />}
        {left.data && right.data && (
          <div className="panes">
            <Pane answer={left.data} standing={standing} view={view} act={act} />
            <Pane answer={right.data} standing={standing} view={view} act={act} />
          </div>
        )}
        <Group gap="xs">
          <Legend />
          <Text fz="xs" c="dimmed">
            Grey things are in both ancestries; what is ringed is where they part.
          </Text>
        </Group>
        <Section title="Differences" note="the nearest to the two first">
          <Answered
            query={diff}
            empty={({ differences }) => differences.length === 0 && "No difference was recorded."}
          >
            {({ differences }) => (
              <Table
                label="Differences"
                rows={differences}
                rowKey={(_, index) => String(index)}
                columns={[
                  { label: "What", cell: ({ what }) => what, by: ({ what }) => what },
                  { label: "Name", cell: ({ name }) => name, by: ({ name }) => name },
                  { label: left.data?.title ?? "Left", cell: (one) => one.left ?? "–" },
                  { label: right.data?.title ?? "Right", cell: (one) => one.right ?? "–" },
                  { label: "Where", cell: ({ where }) => where },
                ]}
              />
            )}
          </Answered>
        </Section>
      </Stack>
    </Page>
  );
}

function Pane({
  answer,
  standing,
  view,
  act,
}: {
  answer: Answer;
  standing: ReadonlyMap<string, Standing>;
  view: View;
  act: (act: Act) => void;
}) {
  const shown = useMemo(() => pruned(answer, view.closed), [answer, view.closed]);
  return (
    <GraphMap
      label={`Ancestry of ${answer.title}`}
      shown={shown}
      roots={answer.roots}
      way={[]}
      view={view}
      act={act}
      columns={NONE}
      standing={standing}
    />
  );
}
