import { MultiSelect, Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { Schemas } from "../../api/client";
import { Section } from "../../components/Page";
import { mainKeys, overVersions } from "./figures";

const Chart = lazy(() => import("../../components/Chart"));

/** How figures changed from version to version; nothing where there is but one. */
export function Trend({ rows }: { rows: Schemas["VersionEntry"][] }) {
  const known = mainKeys(rows, 100);
  const [chosen, setChosen] = useState<string[]>();
  const keys = chosen ?? known.slice(0, 2);
  if (rows.length < 2 || known.length === 0) return null;
  return (
    <Section title="Figures over versions">
      <MultiSelect
        aria-label="Figures that are drawn"
        data={known}
        value={keys}
        onChange={setChosen}
        size="xs"
        maw={560}
        hidePickedOptions
      />
      <Suspense fallback={<Skeleton h={220} />}>
        <Chart
          label={`${keys.join(", ")} over versions`}
          points={overVersions(rows, keys)}
          series={keys}
        />
      </Suspense>
    </Section>
  );
}
