import { Anchor, Group, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useCallback, useDeferredValue, useMemo, useRef } from "react";
import { useAsk } from "../../api/client";
import { Loading, Page, Trouble } from "../../components/Page";
import { moment } from "../../components/said";
import { useColumns } from "./columns";
import type { Picture } from "./export";
import { pruned } from "./graph";
import type { Drawing } from "./groups";
import { Help } from "./Help";
import { Legend } from "./Legend";
import { ListTwin } from "./ListTwin";
import type { Layout } from "./layout";
import { GraphMap } from "./Map";
import { Side } from "./Side";
import { TimeSlider } from "./TimeSlider";
import { Toolbar } from "./Toolbar";
import { useSteady } from "./use";
import { type Act, asked, type View } from "./view";

/** One part of the graph: drawn or as a list, with what is known of the thing that is chosen. */
export function Explorer({ view, act }: { view: View; act: (act: Act) => void }) {
  const query = useSteady("neighbourhood", asked(view));
  const impact = useAsk(
    "impact",
    view.mode === "impact"
      ? { target: { ref: view.target }, as_of: view.asof || null, limit: 5000 }
      : null,
  );
  const [help, { open, close }] = useDisclosure();
  const find = useRef<HTMLInputElement>(null);
  const picture = useRef<Picture>(undefined);
  const onLayout = useCallback((drawing: Drawing, layout: Layout) => {
    picture.current = { drawing, layout };
  }, []);
  const onFind = useCallback(() => find.current?.focus(), []);
  const answer = query.data;
  const shown = useMemo(
    () => (answer === undefined ? undefined : pruned(answer, view.closed)),
    [answer, view.closed],
  );
  const columns = useColumns(view, shown);
  // What is around the map may follow a moment later, and does not care how the map is moved.
  const at = useDeferredValue(view.at);
  const mode = useDeferredValue(view.mode);
  const form = JSON.stringify({ ...view, at, mode, eye: "" });
  const beside = useMemo(() => JSON.parse(form) as View, [form]);
  const trouble = query.error && <Trouble problem={query.error} />;
  return (
    <Page
      title={answer?.title ?? view.target}
      crumbs={[{ label: "Lineage", to: "/lineage" }]}
      verdict={said(impact.data?.verdict ?? answer?.verdict, view.asof)}
    >
      <Stack gap={8} className="lineage">
        <Toolbar
          view={beside}
          act={act}
          shown={shown}
          picture={picture}
          find={find}
          onHelp={open}
        />
        {trouble}
        {shown === undefined || answer === undefined ? (
          !trouble && <Loading />
        ) : (
          <div className={`lineage-body ${beside.at ? "" : "is-alone"}`}>
            {view.list ? (
              <ListTwin shown={shown} act={act} title={answer.title} />
            ) : (
              <GraphMap
                label={`Lineage of ${answer.title}`}
                shown={shown}
                roots={answer.roots}
                way={answer.way}
                view={view}
                act={act}
                columns={columns}
                told
                onLayout={onLayout}
                onHelp={open}
                onFind={onFind}
              />
            )}
            {beside.at && <Side view={beside} act={act} shown={shown} columns={columns} />}
          </div>
        )}
        <Group justify="space-between" gap="xs">
          <Legend />
          {answer?.full && (
            <Anchor
              component="button"
              type="button"
              fz="xs"
              underline="always"
              onClick={() => act({ do: "more" })}
            >
              More was asked for than {view.limit} things; show more
            </Anchor>
          )}
        </Group>
        <TimeSlider view={beside} act={act} />
      </Stack>
      <Help opened={help} onClose={close} />
    </Page>
  );
}

function said(verdict: string | undefined, asof: string): string | undefined {
  if (verdict === undefined || asof === "") return verdict;
  const when = Number.isNaN(Date.parse(asof)) ? asof : moment(asof);
  return `As it was known on ${when}: ${verdict}`;
}
