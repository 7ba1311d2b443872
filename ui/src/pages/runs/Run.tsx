import { Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type Schemas, useAsk } from "../../api/client";
import { useParam } from "../../app/address";
import { Verdict } from "../../components/marks";
import { Answered, Empty, Page } from "../../components/Page";
import { Parts, type PartsOf } from "../../components/Parts";
import { many } from "../../components/said";
import { took } from "./fields";
import { type Live, useLive } from "./live";
import { RunCode } from "./RunCode";
import { RunEnvironment } from "./RunEnvironment";
import { RunFigures } from "./RunFigures";
import { RunLog } from "./RunLog";
import { RunOverview } from "./RunOverview";
import { RunSteps } from "./RunSteps";
import { Status } from "./Status";

/** A run as the parts of its page are told of it. */
export interface ShownRun {
  view: Schemas["RunView"];
  live: Live | undefined;
}

const PARTS: PartsOf<ShownRun> = {
  overview: ["Overview", RunOverview],
  figures: ["Figures", RunFigures],
  steps: ["Steps", RunSteps],
  log: ["Log", RunLog],
  code: ["Code", RunCode],
  environment: ["Environment", RunEnvironment],
};

/** A run: what it was given, what it did, measured and made; while it goes on, live. */
export default function Run() {
  const id = useParam("id").replace(/^run:/, "");
  const query = useAsk("show", { target: { ref: `run:${id}` } });
  const view = query.data?.thing === "run" ? query.data : undefined;
  const running = view?.run.status === "running" && view.run.kind !== "serve";
  const live = useLive(view?.run.id ?? id, Boolean(running));
  return (
    <Page
      title={view?.title ?? "Run"}
      verdict={view && verdict(view)}
      crumbs={[
        { label: "Runs", to: "/runs" },
        ...(view?.parent ? [{ label: "the run around it", to: `/runs/${view.parent}` }] : []),
      ]}
      marks={
        view && (
          <Group gap={6}>
            <Status of={live?.run.status ?? view.run.status} />
            {running && <Verdict tone="warn">live</Verdict>}
          </Group>
        )
      }
      actions={
        view && (
          <Button
            component={Link}
            to="/lineage"
            search={{ target: `run:${view.run.id}` } as never}
            variant="default"
          >
            Lineage
          </Button>
        )
      }
    >
      <Answered query={query}>
        {() =>
          view ? <Parts parts={PARTS} of={{ view, live }} /> : <Empty>This is no run.</Empty>
        }
      </Answered>
    </Page>
  );
}

function verdict({ run, outputs, gaps }: Schemas["RunView"]): string {
  const ended = run.ended ? ` and took ${took(run.started, run.ended)}` : "";
  const how = {
    finished: "It finished",
    failed: "It failed",
    lost: "It was lost",
    running: "It goes on",
  };
  const error = run.error ? `: ${run.error}` : "";
  const missed = gaps.length ? ` ${many(gaps.length, "thing")} could not be seen.` : "";
  return `${how[run.status]}${ended}${error}. It left ${outputs.length ? many(outputs.length, "thing") : "nothing"} behind.${missed}`;
}
