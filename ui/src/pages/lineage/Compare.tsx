import { Button, Group, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { useAsk } from "../../api/client";
import { Answered, Loading, Page, Section, Trouble } from "../../components/Page";
import { Table } from "../../components/Table";
import { compared, type Parting, partings, pruned, type Standing } from "./graph";
import { Legend } from "./Legend";
import { GraphMap } from "./Map";
import { useSteady } from "./use";
import { type Act, type Answer, asked, type Near, type View } from "./view";

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
  const parted = useMemo(
    () => (left.data && right.data ? partings(left.data.nodes, right.data.nodes, standing) : []),
    [left.data, right.data, standing],
  );
  // Nothing is looked at closely where something else was chosen.
  const here =
    view.at === ""
      ? 0
      : parted.findIndex((one) => one.left?.id === view.at || one.right?.id === view.at);
  const pane = { standing, view, act };
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
          <>
            <Places partings={parted} here={here} act={act} />
            <div className="panes">
              <Pane answer={left.data} closeUp={parted[here]?.left} {...pane} />
              <Pane answer={right.data} closeUp={parted[here]?.right} {...pane} />
            </div>
          </>
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

/** The places where the two part, one after the other. */
function Places({
  partings,
  here,
  act,
}: {
  partings: Parting[];
  here: number;
  act: (act: Act) => void;
}) {
  const count = partings.length;
  if (count === 0) {
    return <Text fz="sm">What is shown is the same in both; the differences are below.</Text>;
  }
  const one = partings[here];
  const go = (step: number) => {
    const next = partings[(Math.max(here, 0) + step + count) % count];
    act({ do: "choose", id: (next?.left ?? next?.right)?.id ?? "" });
  };
  return (
    <Group gap="xs">
      <Text fz="sm" aria-live="polite">
        {one === undefined
          ? `They part in ${count} ${count === 1 ? "place" : "places"}.`
          : `They part here (${here + 1} of ${count}): ${one.left?.title ?? "nothing"} on the left, ${one.right?.title ?? "nothing"} on the right.`}
      </Text>
      {(count > 1 || one === undefined) && (
        <Button.Group>
          <Button variant="default" size="compact-xs" onClick={() => go(-1)}>
            Previous place
          </Button>
          <Button variant="default" size="compact-xs" onClick={() => go(one ? 1 : 0)}>
            Next place
          </Button>
        </Button.Group>
      )}
    </Group>
  );
}

function Pane({
  answer,
  closeUp,
  standing,
  view,
  act,
}: {
  answer: Answer;
  closeUp: Near | undefined;
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
      closeUp={closeUp?.id}
      compact
    />
  );
}
