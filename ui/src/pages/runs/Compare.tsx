import { lazy } from "react";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Answered, Empty, Page } from "../../components/Page";
import { Parts, type PartsOf } from "../../components/Parts";
import { many } from "../../components/said";
import { CompareTable } from "./CompareTable";
import { Pairs } from "./Pairs";
import { Parallel } from "./Parallel";

const Scatter = lazy(() => import("./Scatter"));
const Overlaid = lazy(() => import("./Overlaid"));

export interface Compared {
  of: Schemas["CompareRunsResponse"];
}

const PARTS: PartsOf<Compared> = {
  table: ["Table", CompareTable],
  parallel: ["Parallel coordinates", Parallel],
  scatter: ["Scatter", Scatter],
  figures: ["Figures", Overlaid],
  code: ["Code and environment", Pairs],
};

/** Runs beside each other: as a table, as lines through axes, as points, and line by line. */
export default function Compare() {
  const [{ run }] = useView({ run: [] as string[] });
  const ids = ([] as string[]).concat(run);
  const query = useAsk(
    "compare-runs",
    ids.length > 1 ? { targets: ids.map((ref) => ({ ref: asRef(ref) })) } : null,
  );
  return (
    <Page
      title={`Compare ${many(ids.length, "run")}`}
      verdict={query.data?.verdict}
      crumbs={[{ label: "Runs", to: "/runs" }]}
    >
      {ids.length < 2 ? (
        <Empty>Choose two or more runs in the list to see them beside each other.</Empty>
      ) : (
        <Answered query={query}>{(answer) => <Parts parts={PARTS} of={{ of: answer }} />}</Answered>
      )}
    </Page>
  );
}

/** A plain id is that of a run; all else is a ref as people write it. */
const asRef = (said: string) => (/^[0-9a-f]{8}-[0-9a-f-]+$/.test(said) ? `run:${said}` : said);
